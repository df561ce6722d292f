import { Failure } from '../../contract/failure.ts'
import { withoutKeys } from '../../contract/text/without-keys.ts'

/** An error of supabase-js's Auth client. */
export interface AuthTrouble {
  message: string
  /** HTTP status; 0 or undefined when there was no answer. */
  status?: number
  code?: string
}

/** Reasons by the codes of Auth, with what the user can do. */
const REASONS: Record<string, [message: string, hint: string]> = {
  invalid_credentials: [
    'the email or the password is wrong',
    'check both, or use a code by email: nofx login --otp',
  ],
  email_not_confirmed: [
    'the email address is not confirmed',
    'open the link in the invitation, then: nofx login',
  ],
  otp_expired: ['the code is wrong or has expired', 'ask for another code: nofx login --otp'],
  otp_disabled: [
    'this user does not exist, or codes are off',
    'ask the owner of the registry for an invitation',
  ],
  signup_disabled: ['this user does not exist', 'ask the owner of the registry for an invitation'],
  user_not_found: ['this user does not exist', 'ask the owner of the registry for an invitation'],
  user_banned: ['this user is banned', 'ask the owner of the registry'],
  email_provider_disabled: [
    'sign-in by email is off',
    'turn it on in the dashboard: Authentication → Sign In / Providers → Email',
  ],
  over_email_send_rate_limit: ['too many emails were sent', 'wait a minute, then: nofx login --otp'],
  over_request_rate_limit: ['there were too many attempts', 'wait a minute, then: nofx login'],
  refresh_token_not_found: ['the sign-in has ended', 'nofx login'],
  refresh_token_already_used: ['the sign-in has ended', 'nofx login'],
  session_not_found: ['the sign-in has ended', 'nofx login'],
  session_expired: ['the sign-in has ended', 'nofx login'],
}

/**
 * The failure that a refusal of Auth stands for. Its message holds no key, token or password.
 * @param what the request, such as `sign in`
 */
export function authFailure(url: string, what: string, { message, status = 0, code }: AuthTrouble): Failure {
  const options = { at: url }
  const [reason, hint] = REASONS[code ?? ''] ?? []
  if (reason && hint) return new Failure('REMOTE_DENIED', `${url} did not ${what}: ${reason}`, hint, options)
  const safeMessage = withoutKeys(message || 'no reason given')
  if (status === 0) {
    const check = 'check SUPABASE_URL and the network, then run the command again'
    return new Failure('REMOTE_FAILED', `${url} cannot be reached (${safeMessage})`, check, options)
  }
  if (status === 429 || status >= 500)
    return new Failure(
      'REMOTE_FAILED',
      `${url} could not ${what}: ${safeMessage}`,
      'run the command again',
      options,
    )
  const fix = 'check that SUPABASE_PUBLISHABLE_KEY is the key of this project'
  return new Failure(
    'REMOTE_DENIED',
    `${url} did not ${what}: ${safeMessage}`,
    status === 401 ? fix : 'nofx login',
    options,
  )
}

/** The failure for a sign-in that Auth no longer accepts. */
export function signInEnded(url: string): Failure {
  return new Failure('REMOTE_DENIED', `the sign-in to ${url} has ended`, 'nofx login', { at: url })
}
