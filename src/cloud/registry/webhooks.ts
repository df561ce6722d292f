import type { ForwarderRequest } from '../../contract/protocol/webhooks.ts'
import type { Webhooks } from '../../core/registry/webhooks.ts'
import { addedWebhook, attemptShape, removedWebhook, rotatedWebhook, webhookList } from './function-shapes.ts'
import { askFunction, type CallFunction } from './post-function.ts'

/** The function that sends the feed and keeps the list of its destinations. */
export const FORWARDER = 'registry_events_forward'

/** The port's calls for webhooks: every method is one call of the forwarder, which alone handles their secrets. */
export function createWebhooks(label: string, callForwarder: CallFunction | undefined): Webhooks {
  const post = askFunction(label, FORWARDER, callForwarder)
  const request = (body: ForwarderRequest) => body
  return {
    add: (webhook) => post(request({ action: 'add', ...webhook }), addedWebhook),
    list: () => post(request({ action: 'list' }), webhookList),
    test: (id) => post(request({ action: 'test', id }), attemptShape),
    rotate: (id) => post(request({ action: 'rotate', id }), rotatedWebhook),
    remove: (id) => post(request({ action: 'remove', id }), removedWebhook),
  }
}
