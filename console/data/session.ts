import { learnTime, serverNow } from './clock.ts'
import { createStore, useStore } from './store.ts'

/** Who looks at the page, and where. */
export interface Session {
  /** Whether the server has answered: before that, nothing is known of the reader. */
  isKnown: boolean
  signedIn: boolean
  publisher: boolean
  actor?: string | null
  /** Ways to sign in that the server offers. */
  signIn: readonly string[]
  registry?: { name: string; environment: 'dev' | 'hosted'; version: string }
  features: readonly string[]
}

const NOBODY: Session = { isKnown: false, signedIn: false, publisher: false, signIn: [], features: [] }

/** Says that this browser was signed in once; without it nothing is asked for, so that readers see no refusal. */
const SIGNED_IN = 'nofx-signed-in'

/** The access token lives in this variable alone: never in storage, never in a URL. */
let token: { text: string; endsAt: number } | undefined
let opening: Promise<void> | undefined
const store = createStore(NOBODY)

/** The token for a request; one that ends within a minute is renewed first. */
export async function accessToken(): Promise<string | undefined> {
  await openSession()
  if (token && token.endsAt - serverNow() < 60_000) return renewToken()
  return token?.text
}

/**
 * Trades the session's cookie for a new token. Tabs do this one at a time, because each trade replaces the cookie.
 * @returns undefined when the session has ended; what the page shows stays
 */
export async function renewToken(): Promise<string | undefined> {
  const renewed = await inTurn(() => post('refresh', {}))
  if (renewed.status === 401) forget()
  if (!renewed.ok) return undefined
  learnTime(renewed.headers.get('date'))
  take(await renewed.json())
  return token?.text
}

/** Reads who is signed in; requests wait for it. A page without an answer still shows what everybody may read. */
export function openSession(): Promise<void> {
  opening ??= readSession().catch(() => store.set({ ...store.get(), isKnown: true }))
  return opening
}

async function readSession(): Promise<void> {
  const code = takeCode()
  const [place] = await Promise.all([readPlace(), code === undefined ? resume() : trade(code)])
  store.set({ ...store.get(), ...place, isKnown: true })
}

/** Which registry this is, and how one signs in. */
async function readPlace(): Promise<Pick<Session, 'signIn' | 'registry' | 'features'>> {
  const answer = await fetch('/api/session')
  learnTime(answer.headers.get('date'))
  const { signIn, registry, features } = (await answer.json()) as Session
  return { signIn, registry, features }
}

async function resume(): Promise<void> {
  if (localStorage.getItem(SIGNED_IN) !== null) await renewToken()
}

async function trade(code: string): Promise<void> {
  const traded = await post('code', { code })
  if (traded.ok) take(await traded.json())
  else await resume()
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
  actor: string | null
  publisher: boolean
}

function take({ accessToken: text, expiresAt, actor, publisher }: Taken): void {
  token = { text, endsAt: Date.parse(expiresAt) }
  localStorage.setItem(SIGNED_IN, '1')
  store.set({ ...store.get(), signedIn: true, publisher, actor })
}

/** The person is signed out; what the server offers stays known. */
function forget(): void {
  token = undefined
  localStorage.removeItem(SIGNED_IN)
  store.set({ ...store.get(), signedIn: false, publisher: false, actor: undefined })
}

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
