import { Failure } from '../failure.ts'
import { readSecrets } from './signature.ts'

/**
 * The secrets that sign and verify deliveries to deployments: `NOFX_EVENTS_SECRET`, several of them during a rotation.
 * @throws Failure CONFIG, without the variable's content
 */
export function eventsSecrets(env: Record<string, string | undefined>): string[] {
  try {
    return readSecrets(env.NOFX_EVENTS_SECRET)
  } catch (error) {
    const { message } = error as Error
    throw new Failure(
      'CONFIG',
      `NOFX_EVENTS_SECRET ${message}`,
      'make one: nofx webhooks add <url> --deployment',
    )
  }
}
