/**
 * assay-texts.js: what checks and codes mean, for people, in English and Chinese. `assay.js` says what was found; this says
 * it in words.
 *
 * @module assay-texts
 */

/** By check: its clause in the specification, and what it asks: yes where it passes. */
const CHECKS = {
  'quote.format': ['1.10, 1.11, 5.1 A1–A2', 'Are the bytes a well-formed quote?', '这些字节是否为格式正确的 quote？'],
  'verification.time': ['0.2', 'Is the time of verification a usable one?', '验证时间是否可用？'],
  'pck.certificates': ['2.4, 5.2 B1–B2', 'Does the quote carry a PCK chain of three certificates?', 'quote 是否携带由三张证书组成的 PCK 链？'],
  'pck.root': ['2.2, 5.2 B3–B4', 'Does the chain end in the pinned root?', '证书链是否终于固定的根？'],
  'pck.intermediate': ['2.5, 5.2 B5', 'Did the root issue the PCK CA?', 'PCK CA 是否由根签发？'],
  'pck.leaf': ['2.5, 5.2 B6', "Did the PCK CA issue the platform's certificate?", '平台证书是否由 PCK CA 签发？'],
  'pck.extension': ['2.3, 5.2 B7', 'Does the certificate name a platform?', '证书是否指明了平台？'],
  'pck.validity': ['2.5, 5.2 B8', "Has the chain's validity begun?", '证书链是否均已生效？'],
  'collateral.available': ['3.1, 3.9', 'Could what is published about the platform be had?', '是否取得了该平台的已公布材料？'],
  'root_crl': ['2.6, 5.3 C1–C5', "Is the root's revocation list genuine?", '根的吊销列表是否真实？'],
  'pck_crl': ['2.6, 5.3 C6–C10', "Is the PCK CA's revocation list genuine?", 'PCK CA 的吊销列表是否真实？'],
  'pck.revocation': ['5.3 C11–C12', 'Are the CA and the platform free of revocation?', 'CA 与平台是否均未被吊销？'],
  'tcb_info.issuer': ['5.4 D1–D5', "Did the root issue the TCB info's signer?", 'TCB info 的签名者是否由根签发？'],
  'tcb_info.signature': ['3.6, 5.4 D6–D7', 'Is the TCB info signed?', 'TCB info 签名是否有效？'],
  'tcb_info.content': ['4.2, 5.4 D8–D10', 'Is the TCB info complete and published?', 'TCB info 是否完整且已发布？'],
  'qe_identity.issuer': ['5.4 E1–E5', "Did the root issue the QE identity's signer?", 'QE identity 的签名者是否由根签发？'],
  'qe_identity.signature': ['3.6, 5.4 E6–E7', 'Is the QE identity signed?', 'QE identity 签名是否有效？'],
  'qe_identity.content': ['4.4, 5.4 E8–E10', 'Is the QE identity complete and published?', 'QE identity 是否完整且已发布？'],
  'tcb_info.match': ['5.5 F1–F3', 'Does the TCB info describe this platform?', 'TCB info 描述的是否正是该平台？'],
  'qe_identity.match': ['5.5 F4', 'Does the QE identity describe this kind of quote?', 'QE identity 是否与该类 quote 相符？'],
  'tdx_module': ['5.5 G1–G3', 'Is the TDX module a published one?', 'TDX 模块是否为已公布的模块？'],
  'qe_report.signature': ['5.6 H1', 'Does the platform vouch for its quoting enclave?', '平台是否为其 quoting enclave 作保？'],
  'qe_report.binding': ['5.6 H2', 'Does the quoting enclave vouch for the attestation key?', 'quoting enclave 是否为证明密钥作保？'],
  'qe_report.identity': ['5.6 H3–H7', 'Is the quoting enclave the published one?', 'quoting enclave 是否为已公布的那一个？'],
  'attestation_key': ['5.6 H8', 'Is the attestation key a P-256 key?', '证明密钥是否为 P-256 密钥？'],
  'quote.signature': ['5.6 H9', 'Did the attestation key sign the quote?', 'quote 是否由证明密钥签名？'],
  'tcb.launch': ['5.7 I1–I4', "Is the platform's TCB level a published one?", '平台的 TCB 级别是否为已公布的级别？'],
  'tcb.current': ['5.7 I5', 'Is the TCB level that runs now a published one?', '当前运行的 TCB 级别是否为已公布的级别？'],
  'tcb.result': ['5.7 I6', 'Is the TCB level free of revocation?', 'TCB 级别是否未被吊销？'],
  'collateral.freshness': ['5.7 B9, C13, D11, E11', 'Is all collateral still in date?', '材料是否均在有效期内？'],
};

/** What a person can do about a code: the first entry whose pattern matches it. */
const REMEDIES = [
  [/^POLICY_TCB_STATUS$/, "Update the platform's microcode, TDX module or BIOS as the component list says, or choose a policy that accepts this status knowingly.", '按组件清单更新平台的微码、TDX 模块或 BIOS；或在知情的情况下选用接受该状态的策略。'],
  [/^POLICY_RELAUNCH$/, 'Relaunch the TD: its host was updated under it, and its early life ran on the outdated module.', '重新启动该 TD：主机已更新，而它早期运行在旧模块上。'],
  [/^POLICY_CURRENT_TCB$/, 'Treat what runs now as vulnerable: have the operator update the host, then relaunch the TD.', '应视当前运行的版本为有漏洞：请运营方更新主机，然后重新启动 TD。'],
  [/^POLICY_COLLATERAL_EXPIRED$/, 'Fetch current collateral from the PCCS; what was used has passed its signed end date.', '从 PCCS 获取最新材料；当前所用的材料已过签名有效期。'],
  [/^POLICY_DEBUG$/, 'Ask the operator to launch without the debug attribute: with it, the host reads every secret.', '请运营方去掉调试属性后重新启动：带有该属性时主机可读取一切机密。'],
  [/^POLICY_TD_PROFILING$/, 'Ask the operator to launch the TD without the profiling attributes (bits 4 to 6).', '请运营方去掉剖析属性（第 4 至 6 位）后启动 TD。'],
  [/^POLICY_TD_RESERVED$/, 'Do not trust this TD: it sets attribute bits that no published TDX module defines.', '不要信任该 TD：它设置了没有定义的属性位。'],
  [/^POLICY_TD_ATTRIBUTES$/, 'Ask the operator to launch the TD with the attributes that the policy demands (SEPT_VE_DISABLE set, MIGRATABLE clear).', '请运营方按策略要求的属性启动 TD（SEPT_VE_DISABLE 置位，MIGRATABLE 清零）。'],
  [/^POLICY_XFAM$/, 'Ask the operator to launch the TD with the processor features that the policy names.', '请运营方按策略指明的处理器特性启动 TD。'],
  [/^POLICY_SERVICE_TD$/, 'Ask the operator which service TD is bound, and why, and for a quote of version 5 that names it; the strict policy accepts none.', '询问运营方绑定了哪个服务 TD 以及原因，并索取能写明它的版本 5 quote；严格策略一概不接受。'],
  [/^POLICY_REPORT_DATA$/, 'Ask for a new quote over your own nonce; this one was made for something else and may be replayed.', '用你自己的 nonce 重新请求 quote；这一份是为别的目的生成的，可能是重放。'],
  [/^NO_REFERENCE_VALUES$/, 'Compare the measurements with values you trust before you rely on the software.', '在依赖其软件之前，请先把度量值与可信的参考值比较。'],
  [/^REFERENCE_VALUES_INCOMPLETE$/, 'Compare MRTD and RTMR0 to RTMR2 all together, in rules that always apply, and show or compare RTMR3: each leaves room for other software.', '请用始终生效的规则同时比较 MRTD 与 RTMR0 至 RTMR2，并提交或比较 RTMR3：缺少任何一个都可能运行着别的软件。'],
  [/^EVENT_LOG_INCOMPLETE$/, "Have the guest send the events of every register, all of them between start and ready, or compare the register's value itself.", '请虚拟机提交每个寄存器的事件，且均在 start 与 ready 之间；或直接比较寄存器数值。'],
  [/^ROOT_UNPROTECTED$/, 'Boot from a disk whose root hash stands in the measured command line, or have the owner declare root_integrity in the reference set.', '请从根哈希写在被度量的命令行中的磁盘启动，或由所有者在参考值集合中声明 root_integrity。'],
  [/^NOT_FRESH$/, 'Give a nonce and have the attester bind it into report_data; without it a quote can be replayed.', '提供 nonce 并让证明方绑定到 report_data；否则 quote 可以被重放。'],
  [/^QUOTE_(EMPTY|TOO|TRUN|TRAIL)/, 'Send the quote exactly as the driver returned it: raw, hex or base64, nothing cut and nothing added.', '请按驱动返回的原样提交 quote：原始字节、十六进制或 base64，不删不增。'],
  [/^QUOTE_(VERSION|KEY|TEE_TYPE|VENDOR|BODY_TYPE)/, 'Send an Intel SGX or TDX DCAP quote of version 3, 4 or 5 with an ECDSA-256 attestation key.', '请提交版本 3、4 或 5、ECDSA-256 证明密钥的 Intel SGX 或 TDX DCAP quote。'],
  [/^QUOTE_(BODY_SIZE|TEE_BODY|RESERVED)/, 'The bytes are not what an Intel platform produces: get the quote anew, from the driver itself.', '这些字节不是英特尔平台产生的：请从驱动重新获取 quote。'],
  [/^QUOTE_CERT/, "Have the platform's quote provider embed its PCK certificate chain (certification data type 5).", '请让平台的 quote 服务嵌入其 PCK 证书链（认证数据类型 5）。'],
  [/^(ATTESTATION_KEY|QE_REPORT|QUOTE_SIGNATURE)/, 'Do not trust this quote: it was altered or forged. Ask the attester for a new one.', '不要信任该 quote：它已被篡改或伪造。请证明方重新生成。'],
  [/^PCK_ROOT_UNTRUSTED$/, 'Do not trust this quote: it does not lead to the pinned root. For simulated evidence name its root with --trust-root.', '不要信任该 quote：它没有通向固定的根。若为模拟证据，请用 --trust-root 指明其根。'],
  [/NOT_YET_VALID$/, 'Check the time of verification: it lies before the document was issued.', '请检查验证时间：它早于文档的签发时间。'],
  [/^TCB_REVOKED$/, 'Do not trust this platform at its present TCB level: Intel has revoked the level.', '不要信任处于当前 TCB 级别的平台：英特尔已吊销该级别。'],
  [/REVOKED$/, 'Do not trust this platform: Intel has revoked its certificate.', '不要信任该平台：英特尔已吊销其证书。'],
  [/^PCK_/, 'Do not trust this quote: its certificates are not as Intel issues them. Have the platform re-provisioned.', '不要信任该 quote：其证书与英特尔签发的不符。请重新置备该平台。'],
  [/^TCB_INFO_UNSUPPORTED_VERSION$/, 'Fetch TCB info of version 3, or accept the retired version 2 knowingly with --accept-tcb-info-v2.', '请获取版本 3 的 TCB info；或在知情的情况下用 --accept-tcb-info-v2 接受已退役的版本 2。'],
  [/^TCB_INFO_MISMATCH$/, "Fetch the TCB info for this platform's FMSPC and this kind of quote.", '请获取与该平台 FMSPC 及 quote 类型相符的 TCB info。'],
  [/^QE_IDENTITY_MISMATCH$/, 'Do not trust this quote unless the identity was for another TEE: its quoting enclave is not the published one.', '除非 QE identity 属于别的 TEE，否则不要信任该 quote：其 quoting enclave 不是公布的那一个。'],
  [/^TDX_MODULE/, "Do not trust this TD: its TDX module is not one that Intel's collateral names. Newer collateral may know it.", '不要信任该 TD：其 TDX 模块不在英特尔的材料中。更新的材料可能包含它。'],
  [/^TCB_NOT_SUPPORTED$/, 'Have the operator update the platform: it is below the lowest level Intel publishes.', '请运营方更新平台：它低于英特尔公布的最低级别。'],
  [/^TCB_UNRECOGNIZED/, 'Update Assay: the collateral uses a status that this version does not know.', '请更新 Assay：材料使用了本版本未知的状态。'],
  [/^COLLATERAL_(NOT_FOUND|PLATFORM)/, 'Name a collateral service that knows this platform; nothing was decided about the quote.', '请指定认识该平台的材料服务；对该 quote 尚未作出判断。'],
  [/^COLLATERAL_/, 'Check the collateral service and try again, or name another one; nothing was decided about the quote.', '请检查材料服务后重试，或改用另一个；对该 quote 尚未作出判断。'],
  [/^INTERNAL$/, 'Nothing was decided. Check the time that was given; if it is right, report this as a defect.', '尚未作出判断。请检查所给的时间；若时间无误，请作为缺陷报告。'],
  [/./, 'Fetch the collateral again, from a PCCS you trust or from Intel; this copy is damaged or not genuine.', '请从可信的 PCCS 或英特尔重新获取材料；这一份已损坏或不真实。'],
];

const column = (language) => (/^zh\b/i.test(language) ? 2 : 1);

/** @param {string} code @param {string} [language] en or zh */
export const remedy = (code, language = 'en') => REMEDIES.find(([pattern]) => pattern.test(code))[column(language)];

/** What a check asks. @param {string} id @param {string} [language] en or zh */
export const title = (id, language = 'en') => CHECKS[id]?.[column(language)] ?? id;

/**
 * A verdict with `clause`, `detail` and `fix` where they belong, as `assay verify --format json` has them.
 * @param {import('./assay.js').Verdict} verdict @param {string} [language] en or zh
 */
export function explain(verdict, language = 'en') {
  const { failure, policy } = verdict, fix = (code) => ({ fix: remedy(code, language) });
  return {
    ...verdict, ...failure && { failure: { ...failure, ...fix(failure.code) } },
    checks: verdict.checks.map((check) => ({
      ...check, clause: `dcap ${CHECKS[check.id]?.[0]}`, detail: title(check.id, language),
      ...check.outcome === 'failed' && fix(failure?.code ?? 'POLICY_COLLATERAL_EXPIRED'),
    })),
    policy: { ...policy, rules: policy.rules.map((rule) => ({ ...rule, ...rule.code && fix(rule.code) })) },
  };
}
