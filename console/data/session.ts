import { createStore, useStore } from './store.ts'

/** Who looks at the page, and where. */
export interface Session {
  signedIn: boolean
  publisher: boolean
  actor?: string
  /** Ways to sign in that the server offers. */
  signIn: readonly string[]
  registry?: { name: string; environment: 'dev' | 'hosted'; version: string }
  features: readonly string[]
}

const NOBODY: Session = { signedIn: false, publisher: false, signIn: [], features: [] }

/** The access token lives in this variable alone: never in storage, never in a URL. */
let token: { text: string; endsAt: number } | undefined
const store = createStore(NOBODY)

/** The token for a request; one that ends within a minute is renewed first. */
export async function accessToken(): Promise<string | undefined> {
  if (token && token.endsAt - Date.now() < 60_000) return renewToken()
  return token?.text
}

/**
 * Trades the session's cookie for a new token. Tabs do this one at a time, because each trade replaces the cookie.
 * @returns undefined when the session has ended; what the page shows stays
 */
export async function renewToken(): Promise<string | undefined> {
  const renewed = await inTurn(() => post('refresh', {}))
  if (!renewed.ok) {
    forget()
    return undefined
  }
  take(await renewed.json())
  return token?.text
}

/** Reads who is signed in; called once, before the first page is drawn. */
export async function openSession(): Promise<void> {
  const code = takeCode()
  const traded = code === undefined ? undefined : await post('code', { code })
  if (traded?.ok) take(await traded.json())
  const answer = await fetch('/api/session', { headers: bearer() })
  if (!answer.ok) return
  store.set({ ...NOBODY, ...(await answer.json()) })
  if (!token && store.get().signIn.length > 0) await renewToken()
}

/** Ends the session on the server and in this page. */
export async function endSession(): Promise<void> {
  await post('end', {})
  forget()
}

/** The session, for components. */
export const useSession = (): Session => useStore(store)

interface Taken {
  accessToken: string
  /** ISO 8601. */
  expiresAt: string
  actor: string
  publisher: boolean
}

function take({ accessToken: text, expiresAt, actor, publisher }: Taken): void {
  token = { text, endsAt: Date.parse(expiresAt) }
  store.set({ ...store.get(), signedIn: true, publisher, actor })
}

/** The person is signed out; what the server offers stays known. */
function forget(): void {
  token = undefined
  store.set({ ...store.get(), signedIn: false, publisher: false, actor: undefined })
}

const bearer = (): Record<string, string> => (token ? { Authorization: `Bearer ${token.text}` } : {})

function post(route: string, body: object): Promise<Response> {
  return fetch(`/api/session/${route}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** The one-time code of the link that `nofx dev` prints; it is taken out of the address at once. */
function takeCode(): string | undefined {
  const [, code] = /^#code=([\w-]+)$/.exec(location.hash) ?? []
  if (code !== undefined) history.replaceState(history.state, '', location.pathname + location.search)
  return code
}

/** Without a secure context there are no locks; there is no session to share either. */
async function inTurn(work: () => Promise<Response>): Promise<Response> {
  return 'locks' in navigator ? navigator.locks.request('nofx-session', work) : work()
}
