import type { operations } from '../generated/api.d.ts'
import { learnTime, serverNow } from './clock.ts'
import { createStore, useStore } from './store.ts'

/** Something that not every place can do. */
export type Feature =
  operations['showSession']['responses'][200]['content']['application/json']['features'][number]

/** Who looks at the page, and where. */
export interface Session {
  /** Whether the server has answered: before that, nothing is known of the reader. */
  isKnown: boolean
  signedIn: boolean
  /** Whether the page shows what publishers see. It goes on to show that when the session has ended. */
  publisher: boolean
  /** Whether the session ended while the page was open: what it shows stays, until somebody signs in or goes on as a reader. */
  hasEnded: boolean
  actor?: string | null
  /** Ways to sign in that the server offers. */
  signIn: readonly string[]
  registry?: { name: string; environment: 'dev' | 'hosted'; version: string }
  /** What the server can do beside reads and writes. */
  features: readonly Feature[]
}

const NOBODY: Session = {
  isKnown: false,
  signedIn: false,
  publisher: false,
  hasEnded: false,
  signIn: [],
  features: [],
}

/** Says that this browser was signed in once; without it nothing is asked for, so that readers see no refusal. */
const SIGNED_IN = 'nofx-signed-in'

/** The access token lives in this variable alone: never in storage, never in a URL. */
let token: { text: string; endsAt: number } | undefined
let opening: Promise<void> | undefined
let renewing: Promise<string | undefined> | undefined
const store = createStore(NOBODY)

/** The token for a request; one that ends within a minute is renewed first. */
export async function accessToken(): Promise<string | undefined> {
  await openSession()
  if (token && token.endsAt - serverNow() < 60_000) return (await renewToken()) ?? token?.text
  return token?.text
}

/**
 * Trades the session's cookie for a new token, once for all requests that wait for it.
 * @returns undefined when the session has ended, or the server does not answer; what the page shows stays
 */
export function renewToken(): Promise<string | undefined> {
  renewing ??= renew().finally(() => {
    renewing = undefined
  })
  return renewing
}

/** Tabs do this one at a time, because each trade replaces the cookie. */
async function renew(): Promise<string | undefined> {
  const renewed = await inTurn(() => post('refresh', {}))
  learnTime(renewed.headers.get('date'))
  if (renewed.status === 401) leave(token !== undefined || store.get().hasEnded)
  if (!renewed.ok) return undefined
  take(await renewed.json())
  return token?.text
}

/** Reads who is signed in; requests wait for it. A page without an answer still shows what everybody may read. */
export function openSession(): Promise<void> {
  opening ??= readSession().catch(() => store.set({ ...store.get(), isKnown: true }))
  return opening
}

async function readSession(): Promise<void> {
  const { code, isBack } = takeFragment()
  const begin = code === undefined ? resume(isBack) : trade(code)
  const [place] = await Promise.all([readPlace(), begin])
  store.set({ ...store.get(), ...place, isKnown: true })
}

/** Which registry this is, and how one signs in. */
async function readPlace(): Promise<Pick<Session, 'signIn' | 'registry' | 'features'>> {
  const answer = await fetch('/api/session')
  learnTime(answer.headers.get('date'))
  const { signIn, registry, features } = (await answer.json()) as Session
  return { signIn, registry, features }
}

/** @param isBack whether the browser comes back from the page of a provider, with a new cookie */
async function resume(isBack: boolean): Promise<void> {
  if (isBack || localStorage.getItem(SIGNED_IN) !== null) await renewToken()
}

async function trade(code: string): Promise<void> {
  if (!(await beginSession('code', { code })).ok) await resume(false)
}

/** Signs in with a code or a password; what the server answers to a wrong one is for the caller to show. */
export async function beginSession(way: 'code' | 'password', secret: object): Promise<Response> {
  const answer = await post(way, secret)
  learnTime(answer.headers.get('date'))
  if (answer.ok) take(await answer.clone().json())
  return answer
}

/** Ends the session on the server and in this browser. */
export async function endSession(): Promise<Response> {
  const answer = await post('end', {})
  if (answer.ok) leave(false)
  return answer
}

/** Goes on as a reader after the session has ended. */
export const goOnAsReader = () => leave(false)

/** What a browser comes back to after a provider has signed it in. */
export const BACK = '#signed-in'

/** Other tabs of this browser sign in and out, too: the cookie is one for all of them. */
addEventListener('storage', ({ key, newValue }) => {
  if (key === SIGNED_IN && (newValue !== null) !== store.get().signedIn) void renewToken().catch(() => {})
})

/** The session at this moment. */
export const currentSession = (): Session => store.get()

/** Whether the server has said that it cannot do something; before it has answered, nothing is left out. */
export const lacks = ({ registry, features }: Session, feature: Feature): boolean =>
  registry !== undefined && !features.includes(feature)

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
  store.set({ ...store.get(), signedIn: true, hasEnded: false, publisher, actor })
}

/** The person is signed out; what the server offers stays known. */
function leave(hasEnded: boolean): void {
  token = undefined
  localStorage.removeItem(SIGNED_IN)
  const { publisher, actor, ...rest } = store.get()
  const kept = hasEnded ? { publisher, actor } : { publisher: false }
  store.set({ ...rest, signedIn: false, hasEnded, ...kept })
}

function post(route: string, body: object): Promise<Response> {
  return fetch(`/api/session/${route}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** What a sign-in leaves in the address: a code that is valid once, or that a provider has done it. It is taken out at once. */
function takeFragment(): { code?: string; isBack: boolean } {
  const [, code] = /^#code=([\w-]+)$/.exec(location.hash) ?? []
  const isBack = location.hash === BACK
  if (code !== undefined || isBack)
    history.replaceState(history.state, '', location.pathname + location.search)
  return { code, isBack }
}

/** Without a secure context there are no locks; there is no session to share either. */
async function inTurn(work: () => Promise<Response>): Promise<Response> {
  return 'locks' in navigator ? navigator.locks.request('nofx-session', work) : work()
}
