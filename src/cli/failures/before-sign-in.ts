import { Failure } from '../../contract/failure.ts'

/** The credentials that commands use before a sign-in, in their order. */
const BEFORE = ['NOFX_TOKEN', 'SUPABASE_SECRET_KEY'] as const
const RENEW = 'renew the token: nofx whoami'

/** The variable of the credential that commands use instead of a sign-in of `nofx login`. */
function variableBeforeSignIn(env: NodeJS.ProcessEnv): string | undefined {
  return env.SUPABASE_URL ? BEFORE.find((name) => env[name]) : undefined
}

/** A sign-in has no effect while a variable comes before it: a hint that proposes one says to unset the variable first. */
export function unsetBeforeSignIn(failure: Failure, env: NodeJS.ProcessEnv): Failure {
  const { code, message, hint, at, detail, check, cause } = failure
  const name = variableBeforeSignIn(env)
  const proposes = hint?.includes(RENEW) || /\bnofx login\b/.test(hint ?? '')
  if (name === undefined || !proposes || /\bunset\b/.test(hint ?? '')) return failure
  const whole =
    name === 'NOFX_TOKEN' && hint?.includes(RENEW)
      ? hint.replace(RENEW, 'set NOFX_TOKEN to a new token of the user')
      : `first: unset ${name}; then: ${hint}`
  return new Failure(code, message, whole, { at, detail, check, cause })
}
