import { useSession } from '../../data/session.ts'
import { SignInLink } from '../session/sign-in-link.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'

/** Who looks at the page and in which role, or the way to sign in. */
export function Person() {
  const { isKnown, signedIn, hasEnded, publisher, actor } = useSession()
  if (!isKnown) return <span class="person" />
  if (hasEnded) return <SignInLink class="person is-attention">Session ended, sign in</SignInLink>
  if (!signedIn) return <SignInLink class="person">Sign in</SignInLink>
  return (
    <Link to="/sign-in" class="person is-signed-in">
      <Foreign text={actor ?? 'a secret key'} />{' '}
      <span class="role">{publisher ? 'publisher' : 'reader'}</span>
    </Link>
  )
}
