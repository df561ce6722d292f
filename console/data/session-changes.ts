import { useQueryClient } from '@tanstack/preact-query'
import { useEffect, useRef } from 'preact/hooks'
import { useSession } from './session.ts'

/** Reads everything again when somebody signs in, and forgets what was for publishers when somebody signs out. */
export function useSessionChanges(): void {
  const client = useQueryClient()
  const { isKnown, signedIn, hasEnded, actor } = useSession()
  const who = signedIn ? `as ${actor}` : ''
  const before = useRef<string>()
  useEffect(() => {
    // After the end of a session the page keeps what it shows.
    if (!isKnown || hasEnded) return
    if (before.current !== undefined && before.current !== who)
      void (signedIn ? client.invalidateQueries() : client.resetQueries())
    before.current = who
  }, [isKnown, hasEnded, signedIn, who, client])
}
