/**
 * assay-texts.js: what checks and codes mean, for people, in English and Chinese. `assay.js` says what was found; this says
 * it in words.
 *
 * @module assay-texts
 */

/** By check: its clause in the specification, and what it establishes. */
const CHECKS = {
  'quote.format': ['1.10, 1.11, 5.1 A1–A2', 'The bytes are a well-formed quote', '字节是格式正确的引用（quote）'],
  'verification.time': ['0.2', 'The time of verification is a usable one', '验证时间可用'],
  'pck.certificates': ['2.4, 5.2 B1–B2', 'The quote carries a PCK chain of three certificates', '引用带有三张证书的 PCK 证书链'],
  'pck.root': ['2.2, 5.2 B3–B4', 'The chain ends in the pinned root', '证书链止于固定的根证书'],
  'pck.intermediate': ['2.5, 5.2 B5', 'The root issued the PCK CA', 'PCK CA 由根证书签发'],
  'pck.leaf': ['2.5, 5.2 B6', "The PCK CA issued the platform's certificate", '平台证书由 PCK CA 签发'],
  'pck.extension': ['2.3, 5.2 B7', 'The certificate names a platform', '证书指明了平台'],
  'pck.validity': ['2.5, 5.2 B8', "The chain's validity has begun", '证书链已开始生效'],
  'collateral.available': ['3.1, 3.9', 'What Intel publishes about the platform could be had', '已取得英特尔对该平台发布的资料'],
  'root_crl': ['2.6, 5.3 C1–C5', "The root's revocation list is genuine", '根证书的吊销列表是真实的'],
  'pck_crl': ['2.6, 5.3 C6–C10', "The PCK CA's revocation list is genuine", 'PCK CA 的吊销列表是真实的'],
  'pck.revocation': ['5.3 C11–C12', 'Neither the CA nor the platform is revoked', 'CA 与平台均未被吊销'],
  'tcb_info.issuer': ['5.4 D1–D5', "The TCB info's signer was issued by the root", 'TCB 信息的签名者由根证书签发'],
  'tcb_info.signature': ['3.6, 5.4 D6–D7', 'The TCB info is signed', 'TCB 信息签名有效'],
  'tcb_info.content': ['4.2, 5.4 D8–D10', 'The TCB info is complete and published', 'TCB 信息完整且已发布'],
  'qe_identity.issuer': ['5.4 E1–E5', "The QE identity's signer was issued by the root", 'QE 身份的签名者由根证书签发'],
  'qe_identity.signature': ['3.6, 5.4 E6–E7', 'The QE identity is signed', 'QE 身份签名有效'],
  'qe_identity.content': ['4.4, 5.4 E8–E10', 'The QE identity is complete and published', 'QE 身份完整且已发布'],
  'tcb_info.match': ['5.5 F1–F3', 'The TCB info describes this platform', 'TCB 信息属于该平台'],
  'qe_identity.match': ['5.5 F4', 'The QE identity describes this kind of quote', 'QE 身份适用于此类引用'],
  'tdx_module': ['5.5 G1–G3', "The TDX module is Intel's", 'TDX 模块来自英特尔'],
  'qe_report.signature': ['5.6 H1', 'The platform vouches for its quoting enclave', '平台为其引用飞地（QE）作保'],
  'qe_report.binding': ['5.6 H2', 'The quoting enclave vouches for the attestation key', '引用飞地为证明密钥作保'],
  'qe_report.identity': ['5.6 H3–H7', "The quoting enclave is Intel's", '引用飞地来自英特尔'],
  'attestation_key': ['5.6 H8', 'The attestation key is a P-256 key', '证明密钥是 P-256 密钥'],
  'quote.signature': ['5.6 H9', 'The attestation key signed the quote', '引用由证明密钥签名'],
  'tcb.launch': ['5.7 I1–I4', "The platform's TCB level is a published one", '平台的 TCB 级别已发布'],
  'tcb.current': ['5.7 I5', 'The TCB level that runs now is a published one', '当前运行的 TCB 级别已发布'],
  'tcb.result': ['5.7 I6', 'The TCB level is not revoked', 'TCB 级别未被撤销'],
  'collateral.freshness': ['5.7 B9, C13, D11, E11', 'Everything Intel signed is still in date', '英特尔签署的资料均在有效期内'],
};

/** What a person can do about a code: the first entry whose pattern matches it. */
const REMEDIES = [
  [/^POLICY_TCB_STATUS$/, "Update the platform's microcode, TDX module or BIOS as the component list says, or choose a policy that accepts this status knowingly.", '按组件列表更新平台的微码、TDX 模块或 BIOS，或有意选择接受此状态的策略。'],
  [/^POLICY_RELAUNCH$/, 'Relaunch the TD: its host was updated under it, and its early life ran on the outdated module.', '重新启动 TD：主机在其运行中已更新，而它启动时使用的是过期模块。'],
  [/^POLICY_CURRENT_TCB$/, 'Treat what runs now as vulnerable: have the operator update the host, then relaunch the TD.', '应视当前运行环境存在漏洞：请运营方更新主机，再重新启动 TD。'],
  [/^POLICY_COLLATERAL_EXPIRED$/, 'Fetch current collateral from the PCCS; what was used has passed its signed end date.', '请从 PCCS 获取最新资料；所用资料已过签署的截止日期。'],
  [/^POLICY_DEBUG$/, 'Ask the operator to launch without the debug attribute: with it, the host reads every secret.', '请运营方关闭调试属性后启动：开启时主机可读取全部机密。'],
  [/^POLICY_TD_PROFILING$/, 'Ask the operator to launch the TD without the profiling attributes (bits 4 to 6).', '请运营方关闭性能分析属性（第 4 至 6 位）后启动 TD。'],
  [/^POLICY_TD_RESERVED$/, 'Do not trust this TD: it sets attribute bits that no published TDX module defines.', '请勿信任此 TD：它设置了任何已发布 TDX 模块都未定义的属性位。'],
  [/^POLICY_SERVICE_TD$/, 'Ask the operator which service TD is bound, and why; the strict policy accepts none.', '请询问运营方绑定了哪个服务 TD 及原因；严格策略一概不接受。'],
  [/^POLICY_REPORT_DATA$/, 'Ask for a new quote over your own nonce; this one was made for something else and may be replayed.', '请以您自己的随机数索取新引用；此引用是为其他用途生成的，可能是重放。'],
  [/^NO_REFERENCE_VALUES$/, 'Compare the measurements with values you trust before you rely on the software.', '依赖该软件之前，请将度量值与您信任的值比较。'],
  [/^NOT_FRESH$/, 'Give a nonce and have the attester bind it into report_data; without it a quote can be replayed.', '请提供随机数并让被证明方将其绑定到 report_data；否则引用可被重放。'],
  [/^QUOTE_(EMPTY|TOO|TRUN|TRAIL)/, 'Send the quote exactly as the driver returned it: raw, hex or base64, nothing cut and nothing added.', '请原样发送驱动返回的引用（原始、十六进制或 base64），不删不增。'],
  [/^QUOTE_(VERSION|KEY|TEE_TYPE|VENDOR|BODY_TYPE)/, 'Send an Intel SGX or TDX DCAP quote of version 3, 4 or 5 with an ECDSA-256 attestation key.', '请发送使用 ECDSA-256 证明密钥的第 3、4 或 5 版英特尔 SGX 或 TDX DCAP 引用。'],
  [/^QUOTE_(BODY_SIZE|TEE_BODY|RESERVED)/, 'The bytes are not what an Intel platform produces: get the quote anew, from the driver itself.', '这些字节不是英特尔平台产生的：请直接从驱动重新获取引用。'],
  [/^QUOTE_CERT/, "Have the platform's quote provider embed its PCK certificate chain (certification data type 5).", '请让平台的引用提供方嵌入 PCK 证书链（认证数据类型 5）。'],
  [/^(ATTESTATION_KEY|QE_REPORT|QUOTE_SIGNATURE)/, 'Do not trust this quote: it was altered or forged. Ask the attester for a new one.', '请勿信任此引用：它被篡改或伪造。请向被证明方索取新引用。'],
  [/^PCK_ROOT_UNTRUSTED$/, 'Do not trust this quote: it does not lead to the pinned root. For simulated evidence name its root with --trust-root.', '请勿信任此引用：它不通向固定的根证书。对模拟证据，请用 --trust-root 指明其根。'],
  [/NOT_YET_VALID$/, 'Check the time of verification: it lies before the document was issued.', '请检查验证时间：它早于文件的签发时间。'],
  [/^TCB_REVOKED$/, 'Do not trust this platform at its present TCB level: Intel has revoked the level.', '请勿信任处于当前 TCB 级别的平台：英特尔已撤销该级别。'],
  [/REVOKED$/, 'Do not trust this platform: Intel has revoked its certificate.', '请勿信任此平台：英特尔已吊销其证书。'],
  [/^PCK_/, 'Do not trust this quote: its certificates are not as Intel issues them. Have the platform re-provisioned.', '请勿信任此引用：其证书不符合英特尔的签发格式。请重新配置该平台。'],
  [/^TCB_INFO_UNSUPPORTED_VERSION$/, 'Fetch TCB info of version 3, or accept the retired version 2 knowingly with --accept-tcb-info-v2.', '请获取第 3 版 TCB 信息，或用 --accept-tcb-info-v2 有意接受已停用的第 2 版。'],
  [/^TCB_INFO_MISMATCH$/, "Fetch the TCB info for this platform's FMSPC and this kind of quote.", '请获取与该平台 FMSPC 及此类引用对应的 TCB 信息。'],
  [/^QE_IDENTITY_MISMATCH$/, 'Do not trust this quote unless the identity was for another TEE: its quoting enclave is not the published one.', '除非所用身份属于另一种 TEE，否则请勿信任此引用：其引用飞地不是已发布的那个。'],
  [/^TDX_MODULE/, "Do not trust this TD: its TDX module is not one that Intel's collateral names. Newer collateral may know it.", '请勿信任此 TD：其 TDX 模块不在英特尔资料之列。较新的资料或许包含它。'],
  [/^TCB_NOT_SUPPORTED$/, 'Have the operator update the platform: it is below the lowest level Intel publishes.', '请运营方更新平台：它低于英特尔发布的最低级别。'],
  [/^TCB_UNRECOGNIZED/, 'Update Assay: the collateral uses a status that this version does not know.', '请更新 Assay：资料使用了此版本不认识的状态。'],
  [/^COLLATERAL_(NOT_FOUND|PLATFORM)/, 'Name a collateral service that knows this platform; nothing was decided about the quote.', '请指定认识该平台的资料服务；对引用未作任何判定。'],
  [/^COLLATERAL_/, 'Check the collateral service and try again, or name another one; nothing was decided about the quote.', '请检查资料服务后重试，或指定其他服务；对引用未作任何判定。'],
  [/^INTERNAL$/, 'Nothing was decided. Check the time that was given; if it is right, report this as a defect.', '未作任何判定。请检查所给时间；若无误，请报告此缺陷。'],
  [/./, 'Fetch the collateral again, from a PCCS you trust or from Intel; this copy is damaged or not genuine.', '请从您信任的 PCCS 或英特尔重新获取资料；此副本已损坏或不真实。'],
];

const column = (language) => (/^zh\b/i.test(language) ? 2 : 1);

/** @param {string} code @param {string} [language] en or zh */
export const remedy = (code, language = 'en') => REMEDIES.find(([pattern]) => pattern.test(code))[column(language)];

/** What a check establishes. @param {string} id @param {string} [language] en or zh */
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
