import { useState } from 'preact/hooks'
import { readRefusal } from '../../data/client.ts'
import { BACK, beginSession, useSession } from '../../data/session.ts'
import { codeIn } from '../../model/address/sign-in-code.ts'
import { ProblemView } from '../states/problem.tsx'
import { Command } from '../words/copy.tsx'

interface WaysProps {
  /** The page to come back to from a provider: a path below `/console`. */
  to: string
  /** Whether something was typed on this page: a provider is then opened in another tab. */
  keepsPage?: boolean
}

/** The ways to sign in that the server names. */
export function SignInWays({ to, keepsPage = false }: WaysProps) {
  const { signIn, registry } = useSession()
  if (signIn.length === 0) return <NoWay isDev={registry?.environment === 'dev'} />
  return (
    <div class="ways">
      {signIn.map((way) =>
        way === 'code' ? (
          <CodeForm key={way} />
        ) : way === 'password' ? (
          <PasswordForm key={way} />
        ) : (
          <Provider key={way} name={way} to={to} keepsPage={keepsPage} />
        ),
      )}
    </div>
  )
}

/** A token that is sent in the clear would be anybody's. */
function NoWay({ isDev }: { isDev: boolean }) {
  return (
    <p class="soft">
      {isDev
        ? 'There is no sign-in on this address, where a token would travel in the clear. Open the console on the machine of nofx dev.'
        : 'No way to sign in is set up here.'}
    </p>
  )
}

/** `nofx dev`: its terminal is what proves who somebody is. */
function CodeForm() {
  const [text, setText] = useState('')
  const { send, problem, isBusy } = useSending(() => beginSession('code', { code: codeIn(text) }))
  return (
    <form class="way" onSubmit={send}>
      <p>
        Run this in the folder of <code>nofx dev</code>. It opens the console signed in, and this page
        follows.
      </p>
      <Command text="nofx console" />
      <label class="stacked">
        Or paste the address that it prints
        <input
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          autocomplete="off"
          spellcheck={false}
          required
        />
      </label>
      {problem && <ProblemView error={problem} />}
      <button type="submit" disabled={isBusy}>
        Sign in
      </button>
    </form>
  )
}

function PasswordForm() {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const { send, problem, isBusy } = useSending(() => beginSession('password', { email, password }))
  return (
    <form class="way" onSubmit={send}>
      <label class="stacked">
        Email
        <input
          type="email"
          autocomplete="username"
          value={email}
          onInput={({ currentTarget }) => setEmail(currentTarget.value)}
          required
        />
      </label>
      <label class="stacked">
        Password
        <input
          type="password"
          autocomplete="current-password"
          value={password}
          onInput={({ currentTarget }) => setPassword(currentTarget.value)}
          required
        />
      </label>
      {problem && <ProblemView error={problem} />}
      <button type="submit" disabled={isBusy}>
        Sign in with a password
      </button>
    </form>
  )
}

const PROVIDERS: Readonly<Record<string, string>> = { github: 'GitHub' }

function Provider({ name, to, keepsPage }: WaysProps & { name: string }) {
  const query = new URLSearchParams({ provider: name, to: `/console${to}${BACK}` })
  return (
    <p class="way">
      <a
        class="as-button"
        href={`/api/session/start?${query}`}
        target={keepsPage ? '_blank' : undefined}
        rel="noopener"
      >
        Sign in with {PROVIDERS[name] ?? name}
      </a>
      {keepsPage && <span class="soft">in a new tab: what you typed stays here, and this page follows</span>}
    </p>
  )
}

function useSending(ask: () => Promise<Response>) {
  const [problem, setProblem] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(await readRefusal(ask()))
    setBusy(false)
  }
  return { send, problem, isBusy }
}
