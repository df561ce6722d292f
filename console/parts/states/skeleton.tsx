import { useEffect, useState } from 'preact/hooks'

/** Grey rows in place of data that take longer than 300 ms. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div class="skeleton" aria-busy="true">
      {isLate && Array.from({ length: rows }, (_none, at) => <div key={at} class="skeleton-row" />)}
      <span class="visually-hidden" role="status">
        {isLate ? 'Loading' : ''}
      </span>
    </div>
  )
}
