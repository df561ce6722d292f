import type { Kind } from '../../contract/kind.ts'
import { withoutKeys } from '../../contract/text/without-keys.ts'
import { VERSION, VERSION_HEADER } from '../../contract/version.ts'
import type { DoctorCheck } from '../../core/doctor.ts'
import { deployFunction, SUPABASE, VERCEL } from '../../core/foreign-commands.ts'
import { FORWARDER } from '../registry/webhooks.ts'
import { findSignIn } from '../sign-in/sign-in-store.ts'
import { examineDatabase } from './examine-database.ts'
import type { HostedConfig, RegistryEnv } from './hosted-config.ts'

/** How long each part of a project may take for an answer, milliseconds. */
const ANSWER_WITHIN_MS = 15_000

/** Checks the parts of a hosted project: each check states what it could not see with the credential. */
export async function examineProject(
  hosted: HostedConfig,
  kinds: readonly Kind[],
  env: RegistryEnv,
): Promise<DoctorCheck[]> {
  const functions = [...kinds.map((kind) => `registry_${kind.id}_sync`), FORWARDER]
  const checks = await Promise.all([
    ...functions.map((name) => checkFunction(hosted.url, name)),
    checkSignUp(hosted, env),
    examineDatabase(hosted),
    checkDeployment(env),
  ])
  return checks.flat()
}

async function checkFunction(url: string, name: string): Promise<DoctorCheck> {
  const check = { name: `function ${name}` }
  const answer = await ask(`${url}/functions/v1/${name}`)
  if ('trouble' in answer) return { ...check, state: 'failed', detail: answer.trouble, fix: CONNECT }
  const version = answer.headers.get(VERSION_HEADER)
  if (answer.status === 404 && version === null) {
    const fix = deployFunction(name)
    // A registry without webhooks works without the forwarder.
    if (name === FORWARDER)
      return { ...check, state: 'warning', detail: 'not deployed; webhooks need it', fix }
    return { ...check, state: 'failed', detail: 'not deployed', fix }
  }
  if (version === VERSION) return { ...check, state: 'ok', detail: `version ${version}` }
  const detail = `${version ? `version ${version}` : 'an unknown version'}, while this is ${VERSION}`
  return { ...check, state: 'warning', detail, fix: deployFunction(name) }
}

const CONNECT = 'check SUPABASE_URL and the network'

async function checkSignUp(hosted: HostedConfig, env: RegistryEnv): Promise<DoctorCheck> {
  const check = { name: 'sign-up' }
  const key = keyFor(hosted, env)
  if (!key) return { ...check, state: 'skipped', detail: 'not seen: it needs SUPABASE_PUBLISHABLE_KEY' }
  const answer = await ask(`${hosted.url}/auth/v1/settings`, { apikey: key })
  if ('trouble' in answer) return { ...check, state: 'failed', detail: answer.trouble, fix: CONNECT }
  const settings = await settingsIn(answer)
  if (!settings)
    return { ...check, state: 'skipped', detail: `not seen: Auth answered HTTP ${answer.status}` }
  if (settings.disable_signup === false)
    return { ...check, state: 'warning', detail: 'everyone may sign up', fix: SUPABASE.pushConfig }
  if (settings.external?.email === false)
    return {
      ...check,
      state: 'warning',
      detail: 'sign-in by email is off, so nofx login cannot work',
      fix: 'turn it on in the dashboard: Authentication → Sign In / Providers → Email',
    }
  return { ...check, state: 'ok', detail: 'off; publishers are invited' }
}

interface AuthSettings {
  disable_signup?: boolean
  external?: { email?: boolean }
}

async function settingsIn(answer: Response): Promise<AuthSettings | undefined> {
  if (!answer.ok) return undefined
  return answer.json().then(
    (settings) => settings as AuthSettings,
    () => undefined,
  )
}

function keyFor(hosted: HostedConfig, env: RegistryEnv): string | undefined {
  if (hosted.via === 'secret') return hosted.secretKey
  if (hosted.via === 'publishable') return hosted.publishableKey
  if (env.SUPABASE_PUBLISHABLE_KEY) return env.SUPABASE_PUBLISHABLE_KEY
  return hosted.via === 'sign-in' ? findSignIn(hosted.env, hosted.url)?.key : undefined
}

async function checkDeployment({ NOFX_API_URL: api }: RegistryEnv): Promise<DoctorCheck> {
  const check = { name: 'api' }
  if (!api || !URL.canParse(api))
    return { ...check, state: 'skipped', detail: 'not seen: NOFX_API_URL names no deployment' }
  const answer = await ask(new URL('/api/health', api).href)
  if ('trouble' in answer) return { ...check, state: 'failed', detail: answer.trouble, fix: VERCEL.deploy }
  if (answer.ok) return { ...check, state: 'ok', detail: `${api} answers` }
  if (answer.status === 401)
    return {
      ...check,
      state: 'warning',
      detail: `${api} asks for a Vercel login: it is the URL of one deployment`,
      fix: 'set NOFX_API_URL to the production domain of the project',
    }
  const fix = answer.status === 404 ? VERCEL.deploy : 'see docs/operations.md, "Health"'
  return { ...check, state: 'failed', detail: `${api}/api/health answered HTTP ${answer.status}`, fix }
}

/** One GET, which changes nothing. */
async function ask(
  url: string,
  headers: Record<string, string> = {},
): Promise<Response | { trouble: string }> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
  return fetch(url, { headers, signal, redirect: 'manual' }).catch((error: Error) => {
    const cause = (error.cause as Error | undefined)?.message || error.message
    return { trouble: `${new URL(url).origin} cannot be reached (${withoutKeys(cause)})` }
  })
}
