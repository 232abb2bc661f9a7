// A relying party that knows the issuer's URL and has WebCrypto, and nothing else of the service.
//
//   node discovery.mjs ISSUER QUOTE FORGED ALGORITHM
//
// The same as discovery.py, with no library at all: what a browser or an edge function has.

import { readFile } from "node:fs/promises";
import assert from "node:assert/strict";

const { subtle } = globalThis.crypto;
const [issuer, quoteFile, forgedFile, nativeAlgorithm] = process.argv.slice(2);

const parameters = {
  ES256: [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
  RS256: [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, { name: "RSASSA-PKCS1-v1_5" }],
  PS384: [{ name: "RSA-PSS", hash: "SHA-384" }, { name: "RSA-PSS", saltLength: 48 }],
};

async function get(url, body, type) {
  const response = await fetch(url, {
    method: body ? "POST" : "GET",
    headers: type ? { "Content-Type": type } : {},
    body,
    signal: AbortSignal.timeout(60_000),
  });
  return { status: response.status, text: await response.text() };
}

const evidence = (quote) => Buffer.from(JSON.stringify({ quote: quote.toString("base64") })).toString("base64url");

const shapes = [
  {
    name: "ear",
    algorithm: nativeAlgorithm,
    get: async (quote) => {
      const answer = await get(`${issuer}/v1/verdicts`, quote, "application/octet-stream");
      return JSON.parse(answer.text).token;
    },
    status: (claims) => claims.submods.tdx.ear_status,
  },
  {
    name: "dotted",
    algorithm: "ES256",
    get: (quote) =>
      bareToken("/attestation", { verification_requests: [{ tee: "tdx", evidence: evidence(quote) }], policy_ids: [] }),
    status: (claims) => claims.submods.cpu0["ear.status"],
  },
  {
    name: "simple",
    algorithm: "RS256",
    audience: issuer,
    get: (quote) => bareToken("/v1/attestation", { tee: "tdx", evidence: evidence(quote), policy_ids: [] }),
    status: (claims) => claims.ear_status,
  },
];

async function bareToken(path, body) {
  const answer = await get(issuer + path, JSON.stringify(body), "application/json");
  if (answer.status === 200) return answer.text;
  assert.equal(answer.status, 422);
  return undefined;
}

const part = (text) => JSON.parse(Buffer.from(text, "base64url").toString("utf8"));

async function verified(token, keys, { algorithm, audience }) {
  const [header, payload, signature] = token.split(".");
  const { alg, kid } = part(header);
  assert.equal(alg, algorithm);
  const key = keys.find((candidate) => candidate.kid === kid);
  assert.ok(key, "the key set has no such key");
  const [importing, verifying] = parameters[algorithm];
  assert.equal(key.alg, algorithm, "the key is published for another algorithm");
  const imported = await subtle.importKey("jwk", key, importing, false, ["verify"]);
  const input = new TextEncoder().encode(`${header}.${payload}`);
  if (!(await subtle.verify(verifying, imported, Buffer.from(signature, "base64url"), input))) return undefined;
  const claims = part(payload);
  assert.equal(claims.iss, issuer);
  if (audience) assert.equal(claims.aud, audience);
  assert.ok(claims.iat <= Date.now() / 1000 + 1 && claims.exp > Date.now() / 1000, "out of its time");
  return claims;
}

function tampered(token) {
  const [header, payload, signature] = token.split(".");
  const claims = part(payload);
  claims.exp += 1;
  return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
}

const discovered = JSON.parse((await get(`${issuer}/.well-known/openid-configuration`)).text);
assert.equal(discovered.issuer, issuer);
assert.ok(discovered.id_token_signing_alg_values_supported.includes(nativeAlgorithm), "the algorithm is not announced");
const { keys } = JSON.parse((await get(discovered.jwks_uri)).text);
const [quote, forged] = await Promise.all([quoteFile, forgedFile].map((path) => readFile(path)));
for (const shape of shapes) {
  const token = await shape.get(quote);
  const claims = await verified(token, keys, shape);
  assert.ok(claims, `${shape.name}: the signature does not verify`);
  assert.equal(shape.status(claims), "warning");
  if (shape.name === "simple") assert.equal(JSON.parse(claims["tcb-status"])["tdx.quote.body.mr_td"].length, 96);
  assert.equal(await verified(tampered(token), keys, shape), undefined, `${shape.name}: changed claims are accepted`);
  assert.equal(await shape.get(forged), undefined, `${shape.name}: a token for a forged quote`);
  console.log(`WebCrypto: ${shape.name}, ${shape.algorithm}: verified by discovery; tampering is seen; no token for a forged quote`);
}
