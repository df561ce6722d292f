import { useEffect, useRef } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import { useSession } from '../data/session.ts'
import { Account } from '../parts/session/account.tsx'
import { SignInWays } from '../parts/session/sign-in-ways.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'

/** Where one signs in and out; from here the browser goes back to the page that it came from. */
export default function SignIn() {
  const { isKnown, signedIn } = useSession()
  const [, navigate] = useLocation()
  const to = pathIn(useSearch())
  const wasOut = useRef(false)
  useEffect(() => {
    if (isKnown && !signedIn) wasOut.current = true
    if (signedIn && wasOut.current && to) navigate(to, { replace: true })
  }, [isKnown, signedIn, to, navigate])
  return (
    <div class="page is-narrow">
      <Heading title={signedIn ? 'Signed in' : 'Sign in'} />
      {signedIn ? <Account /> : isKnown ? <SignInWays to={to ?? '/'} /> : <Skeleton rows={3} />}
    </div>
  )
}

/** The path below `/console` that a sign-in leads back to. */
function pathIn(search: string): string | undefined {
  const to = new URLSearchParams(search).get('to')
  return to?.startsWith('/') ? to : undefined
}
