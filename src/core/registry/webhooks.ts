import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import type {
  AddedWebhook,
  DeliveryAttempt,
  NewWebhook,
  RotatedWebhook,
  Webhook,
} from '../../contract/protocol/webhooks.ts'

/** The part of the registry that sends the feed to webhooks. Like the registry, it throws only `Failure`. */
export interface Webhooks {
  /** @throws Failure REFUSED with the rule that the URL breaks, CONFLICT if a webhook with this URL exists */
  add(webhook: NewWebhook): Promise<AddedWebhook>
  list(): Promise<Webhook[]>
  /**
   * Sends a signed ping now, and nothing else; the cursor does not change.
   * @throws Failure NOT_FOUND
   */
  test(id: string): Promise<DeliveryAttempt>
  /**
   * Creates a new secret; the old secret stays valid for one more day.
   * @throws Failure NOT_FOUND, REFUSED for a deployment
   */
  rotate(id: string): Promise<RotatedWebhook>
  /** @throws Failure NOT_FOUND */
  remove(id: string): Promise<{ id: string; url: string }>
}

const WHAT_HAPPENS = ['added', 'updated', 'removed', 'withdrawn', 'validation_failed']

/**
 * Checks that the event types of a webhook exist.
 * @throws Failure USAGE
 */
export function requireTypes(
  types: readonly string[],
  audience: 'public' | 'publisher',
  kinds: readonly Kind[],
): void {
  const eventTypes = kinds.flatMap(({ singular }) => WHAT_HAPPENS.map((what) => `${singular}.${what}`))
  for (const type of types) {
    if (!eventTypes.includes(type))
      throw new Failure(
        'USAGE',
        `the event type "${type}" does not exist`,
        `use one of: ${eventTypes.join(', ')}`,
      )
    if (type.endsWith('.validation_failed') && audience === 'public')
      throw new Failure('USAGE', `${type} is for publishers only`, 'add --audience publisher')
  }
}
