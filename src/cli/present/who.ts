import type { Credential } from '../../cloud/hosted/hosted-config.ts'
import { printableText } from '../../core/printable.ts'

/** A user as the registry knows it. */
interface User {
  id: string
  email?: string
  publisher: boolean
  expiresAt: string
}

/** A finished sign-in, and where it is kept. */
interface SignedIn {
  registry: string
  user: User
  path: string
  /** The keyring with the key of the file; null for a file that is not encrypted. */
  keyring: string | null
}

/** How to give a user the right to publish. */
const GRANT = 'the owner of the registry gives the role (docs/deploy.md, "Who may publish"); afterwards'
const RENEW = 'run: nofx whoami'

/** The result of `nofx login`, with a warning when another credential comes first. */
export function presentSignIn(
  { registry: url, user, path, keyring }: SignedIn,
  env: NodeJS.ProcessEnv,
): string {
  const first = ['NOFX_TOKEN', 'SUPABASE_SECRET_KEY'].find((name) => env[name])
  const lines = [
    `Signed in to ${url} as ${displayNameOf(user)}, ${roleOf(user)}.`,
    `Kept in ${path}${keyring ? `, encrypted with a key in the keyring (${keyring})` : ''}`,
  ]
  if (first) lines.push(`Commands use ${first} instead while it is set: unset ${first}`)
  if (!user.publisher) lines.push(`To publish, ${GRANT} ${RENEW}`)
  return printableText(lines.join('\n'))
}

const VIA: Record<Credential['via'], string> = {
  publishable: 'anonymous, with SUPABASE_PUBLISHABLE_KEY: reads what is public',
  secret: 'the owner, with SUPABASE_SECRET_KEY',
  ci: 'the identity of this CI job',
  token: 'with NOFX_TOKEN',
  'sign-in': 'by nofx login',
}

/** The answer of `nofx whoami`. */
export function presentWho({ registry, via, user }: WhoFields): string {
  if (!user) return `${registry}: ${VIA[via]}`
  const line = `${registry}: ${displayNameOf(user)}, ${roleOf(user)}, ${VIA[via]}`
  return printableText(
    user.publisher
      ? line
      : `${line}\nTo publish, ${GRANT} ${via === 'token' ? 'set NOFX_TOKEN to a new token' : RENEW}`,
  )
}

interface WhoFields {
  registry: string
  via: Credential['via']
  user?: User
}

const displayNameOf = ({ email, id }: User) => email ?? id
const roleOf = ({ publisher }: User) => (publisher ? 'a publisher' : 'not a publisher')
