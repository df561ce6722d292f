import { type Finding, findingMaker } from '../diagnostic.ts'
import { masked } from '../fields/shown.ts'
import { CORE_RULES, type CoreRule } from '../rules.ts'
import { type ExampleSecrets, isExample } from './example-secrets.ts'

const makeFinding = findingMaker(CORE_RULES)

/** A credential that secretlint does not detect: its pattern (the first group is the secret part) and its name. */
interface SecretRule {
  rule: CoreRule
  pattern: RegExp
  what: string
  accepts?: (secret: string) => boolean
}

const SECRETS: readonly SecretRule[] = [
  {
    rule: 'NOFX_SECRET_SUPABASE',
    pattern: /(sb_secret_[A-Za-z0-9_-]{16,})/g,
    what: 'a Supabase secret key',
  },
  {
    rule: 'NOFX_SECRET_SERVICE_ROLE',
    pattern: /(eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})/g,
    what: 'a JWT with the role service_role',
    accepts: isServiceRole,
  },
  {
    rule: 'NOFX_SECRET_DEPLOY_HOOK',
    pattern:
      /(?:api\.vercel\.com\/v1\/integrations\/deploy\/prj_\w+\/|api\.netlify\.com\/build_hooks\/|api\.cloudflare\.com\/client\/v4\/pages\/webhooks\/deploy_hooks\/|api\.render\.com\/deploy\/srv-\w+\?key=)([\w-]{8,})/g,
    what: 'the URL of a deploy hook',
  },
  {
    rule: 'NOFX_SECRET_BEARER',
    pattern: /\bauthorization\\?["'`]?\s*[:=,]\s*\\?["'`]?\s*bearer\s+([\w.~+/-]{16,}=*)/gi,
    what: 'the token of an Authorization header',
    accepts: (secret) => /\d/.test(secret) && /[A-Za-z]/.test(secret),
  },
]

/** What people write in place of a secret: names, dots, repeated characters. */
const PLACEHOLDER =
  /\.\.\.|…|\*{3}|x{4}|(.)\1{7}|<|\$\{|\{\{|\b(?:your|my|the|some)[-_]|[-_](?:here|placeholder|token|key)\b|example|placeholder|redacted|change[-_]?me|dummy|sample|insert[-_]|replace|@(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal)\b/i

/** True for a placeholder that stands where a secret will be. */
export function isPlaceholder(secret: string): boolean {
  return PLACEHOLDER.test(secret) || isTestService(secret)
}

/** A user, the same word as password, and a host without a domain: the service of a test that no other network reaches. */
const TEST_SERVICE = /^[a-z][a-z0-9+.-]*:\/\/([\w-]{1,64}):\1@[\w-]{1,63}(?::[0-9]{1,5})?(?:[/?#]|$)/i

function isTestService(secret: string): boolean {
  return TEST_SERVICE.test(secret)
}

/** Reports the credentials that only NOFX detects. At most 6 characters of each are shown. */
export function checkOwnSecrets(
  text: string,
  file: string,
  examples: ExampleSecrets,
  findings: Finding[],
): void {
  for (const { rule, pattern, what, accepts } of SECRETS)
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? match[0]
      if (isPlaceholder(secret) || (accepts && !accepts(secret))) continue
      const offset = match.index + match[0].length - secret.length
      if (isExample(text, offset, offset + secret.length, examples)) continue
      findings.push(
        makeFinding(rule, { file, offset }, `${file} holds ${what}, ${masked(secret)}`, examples.hint()),
      )
    }
}

function isServiceRole(token: string): boolean {
  try {
    const payload = token.split('.')[1] ?? ''
    const claims: unknown = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))
    return (claims as { role?: unknown } | null)?.role === 'service_role'
  } catch {
    return false
  }
}
