import { PAST_REASON, useMoment } from '../../data/moment.ts'
import { useOutage } from '../../data/outage.ts'
import { useSession } from '../../data/session.ts'

/** Why nothing can be moved from this page at the moment; undefined if it can. */
export function useObstacle(): string | undefined {
  const { isKnown, signedIn, hasEnded, publisher } = useSession()
  const { isPast } = useMoment()
  const isOut = useOutage()
  if (!isKnown) return 'The server has not said yet who you are.'
  if (hasEnded) return 'Your session has ended: sign in again.'
  if (!signedIn) return 'Only publishers move definitions: sign in.'
  if (!publisher) return 'Only publishers move definitions, and you are signed in as a reader.'
  if (isPast) return PAST_REASON
  if (isOut) return 'The server does not answer.'
  return undefined
}
