/** A way to sign in. `code` and `password` need no page of another site. */
export type SignIn = 'code' | 'github' | 'password'

/** A session after it was begun or renewed. */
export interface OpenSession {
  /** A user's token, for `Authorization`. */
  accessToken: string
  /** When that token ends, ISO 8601. */
  expiresAt: string
  /** The name in the history. */
  actor: string | null
  publisher: boolean
  /** What renews the session: the new value of the cookie, which pages cannot read. */
  renewal: string
}

/** Who is signed in, held by the server; how depends on the place. */
export interface Sessions {
  /** The ways to sign in from a page of this address. */
  waysAt(url: URL): Promise<readonly SignIn[]>
  /** The session that a cookie renews; undefined if it has ended or never was. */
  renew(renewal: string): Promise<OpenSession | undefined>
  /** Ends a session, so that its cookie renews nothing. */
  end(renewal: string): Promise<void>
  codes?: CodeSignIn
  provider?: ProviderSignIn
  /** Undefined: the password or the name is wrong. */
  password?: (email: string, password: string) => Promise<OpenSession | undefined>
}

/** Signing in with a code that is valid once, as in `nofx dev`. */
export interface CodeSignIn {
  /** A new code, and when it ends (ISO 8601). */
  create(): { code: string; expiresAt: string }
  /** Undefined: the code was used before, has ended, or never was. */
  redeem(code: string): Promise<OpenSession | undefined>
}

/** Signing in through a page of a provider, by PKCE (RFC 7636). */
export interface ProviderSignIn {
  /** The address to send the browser to. It comes back to `back` with a code. */
  address(provider: string, back: URL, challenge: string): URL
  /** Undefined: the code or the verifier is wrong, or the code has ended. */
  exchange(code: string, verifier: string): Promise<OpenSession | undefined>
}
