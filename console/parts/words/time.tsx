import { useEffect, useState } from 'preact/hooks'
import { serverNow } from '../../data/clock.ts'
import { tellTime } from '../../model/time/relative-time.ts'
import { Foreign } from './foreign.tsx'

/** A time as a reader compares it; the exact one is its title. A text that is not a time stays as it is. */
export function Time({ iso }: { iso: string }) {
  const now = useMinute()
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return <Foreign text={iso} />
  return (
    <time dateTime={iso} title={iso}>
      {tellTime(at, now)}
    </time>
  )
}

/** Now by the server's clock, in ms; the component is drawn again each half minute. */
export function useMinute(): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return Math.max(now, serverNow())
}
