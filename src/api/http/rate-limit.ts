import type { ApiCaller } from './caller.ts'
import type { Allowance, Limiter } from './limiter.ts'
import { refuse } from './problem.ts'

/**
 * Counts a request of a caller. All callers with an unknown address count as one caller.
 * @param cost as how many requests it counts
 * @throws Refusal 429
 */
export async function countRequest(
  limiter: Limiter | undefined,
  { share = 'unknown', isKnown }: ApiCaller,
  cost: number,
): Promise<void> {
  if (!limiter) return
  const { allowed, limit, remaining, resetSeconds } = await limiter(share, isKnown, cost)
  if (allowed) return
  throw refuse(
    429,
    'RATE_LIMITED',
    cost > 1
      ? `more than ${limit} requests a minute, where one of this kind counts as ${cost}`
      : `more than ${limit} requests a minute`,
    `wait ${resetSeconds} seconds; a conditional request or a larger page needs fewer`,
    { headers: rateHeaders({ limit, remaining, resetSeconds }) },
  )
}

function rateHeaders({ limit, remaining, resetSeconds }: Omit<Allowance, 'allowed'>): Record<string, string> {
  return {
    'retry-after': String(resetSeconds),
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
  }
}
