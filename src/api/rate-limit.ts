import type { Allowance, Limiter } from './limiter.ts'
import { refuse } from './problem.ts'

/**
 * Counts a request of an address, or of `known`: the hash of credentials that were proven.
 * @throws Refusal 429
 */
export async function countRequest(
  limiter: Limiter | undefined,
  headers: Headers,
  known?: string,
): Promise<void> {
  if (!limiter) return
  const { allowed, limit, remaining, resetSeconds } = await limiter(
    known ?? addressOf(headers),
    known !== undefined,
  )
  if (allowed) return
  throw refuse(
    429,
    'RATE_LIMITED',
    `more than ${limit} requests a minute`,
    `wait ${resetSeconds} seconds; a conditional request or a larger page needs fewer`,
    { headers: rateHeaders({ limit, remaining, resetSeconds }) },
  )
}

/** Vercel's proxy overwrites both headers, so a caller cannot choose its address there. */
function addressOf(headers: Headers): string {
  const forwarded = headers.get('x-forwarded-for')?.split(',')[0]?.trim()
  return (forwarded || headers.get('x-real-ip') || 'unknown').slice(0, 64)
}

function rateHeaders({ limit, remaining, resetSeconds }: Omit<Allowance, 'allowed'>): Record<string, string> {
  return {
    'retry-after': String(resetSeconds),
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
  }
}
