import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

/** A caller's allowance after one more request. `resetSeconds`: until the current window ends. */
export interface Allowance {
  allowed: boolean
  limit: number
  remaining: number
  resetSeconds: number
}

/**
 * Counts one request of `caller`; callers that are known (verified) may send more.
 * @param cost as how many requests it counts; 1 unless given
 */
export type Limiter = (caller: string, isKnown: boolean, cost?: number) => Promise<Allowance>

/** Requests a minute; 0 means no limit. */
export interface RateLimits {
  anonymous: number
  known: number
}

export const DEFAULT_LIMITS: RateLimits = { anonymous: 300, known: 1200 }

/** The length of a window, seconds. */
const WINDOW = 60

/**
 * Counts in this process's memory. On a platform with many instances it is a second line behind the platform's own
 * firewall (docs/deploy.md): each instance counts for itself, and answers of a CDN are not counted.
 */
export function createLimiter({ anonymous, known: identified }: RateLimits): Limiter | undefined {
  if (anonymous === 0 && identified === 0) return undefined
  const [anonymousCounter, knownCounter] = [counter('anonymous', anonymous), counter('known', identified)]
  return async (caller, isKnown, cost = 1) => {
    const limit = isKnown ? identified : anonymous
    if (limit === 0) return { allowed: true, limit, remaining: 0, resetSeconds: 0 }
    const { allowed, state } = await consume(
      isKnown ? knownCounter : anonymousCounter,
      caller,
      // Even a limit below the cost allows one request a minute.
      Math.min(cost, limit),
    )
    const resetSeconds = Math.ceil(state.msBeforeNext / 1000)
    return { allowed, limit, remaining: state.remainingPoints, resetSeconds }
  }
}

function counter(keyPrefix: string, points: number): RateLimiterMemory {
  return new RateLimiterMemory({ keyPrefix, points, duration: WINDOW })
}

/** The library throws its result when the limit is exceeded. */
async function consume(
  limiter: RateLimiterMemory,
  caller: string,
  cost: number,
): Promise<{ allowed: boolean; state: RateLimiterRes }> {
  try {
    return { allowed: true, state: await limiter.consume(caller, cost) }
  } catch (state) {
    return { allowed: false, state: state as RateLimiterRes }
  }
}
