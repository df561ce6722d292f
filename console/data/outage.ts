import { useQueryClient } from '@tanstack/preact-query'
import { useEffect, useState } from 'preact/hooks'
import { isOutage } from './problem.ts'

/** Whether the server does not answer one of the queries of the page. */
export function useOutage(): boolean {
  const client = useQueryClient()
  const [isOut, setOut] = useState(false)
  useEffect(() => {
    const cache = client.getQueryCache()
    const look = () =>
      setOut(
        cache.findAll({ type: 'active' }).some(({ state }) => state.error !== null && isOutage(state.error)),
      )
    look()
    // The cache tells of changes while components are drawn.
    return cache.subscribe(() => queueMicrotask(look))
  }, [client])
  return isOut
}
