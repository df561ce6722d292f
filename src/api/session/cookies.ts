/** The only path that the cookies are sent to: no other route reads them. */
const PATH = '/api/session'

/** How long a session is kept without a page that renews it, seconds. */
const SESSION_SECONDS = 7 * 24 * 3600
/** How long signing in at a provider may take, seconds. */
const SIGNING_IN = 600

/** Base64url, a token of Auth, or both with dots: no value needs quoting. */
const VALUE = /^[\w.~-]{1,3000}$/

/** Which cookie a request may have: its session, or a sign-in that has begun. */
export type CookieUse = 'session' | 'sign-in'

/**
 * The name of a cookie. On plain HTTP, as in `nofx dev`, it names the port, because cookies are the same for all ports of
 * a host.
 */
export function cookieName({ protocol, port }: URL, use: CookieUse): string {
  const word = use === 'session' ? 'nofx_session' : 'nofx_sign_in'
  return protocol === 'https:' ? `__Secure-${word}` : `${word}_${port || '80'}`
}

/** The value of a cookie in a request; undefined if it is absent, doubled or has another form. */
export function readCookie(headers: Headers, url: URL, use: CookieUse): string | undefined {
  const name = cookieName(url, use)
  const values = (headers.get('cookie') ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1))
  const [value] = values
  return values.length === 1 && value !== undefined && VALUE.test(value) ? value : undefined
}

/**
 * The header that sets a cookie; without a value it clears it. A sign-in comes back from a page of another site, so its
 * cookie is sent with such a navigation; the session's is not.
 */
export function setCookie(url: URL, use: CookieUse, value?: string): string {
  const age = value === undefined ? 0 : use === 'session' ? SESSION_SECONDS : SIGNING_IN
  return [
    `${cookieName(url, use)}=${value ?? ''}`,
    `Path=${PATH}`,
    `Max-Age=${age}`,
    'HttpOnly',
    ...(url.protocol === 'https:' ? ['Secure'] : []),
    `SameSite=${use === 'session' ? 'Strict' : 'Lax'}`,
  ].join('; ')
}
