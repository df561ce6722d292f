import type { ForwarderRequest } from '../core/contract/webhooks.ts'
import type { Webhooks } from '../core/webhooks.ts'
import { askFunction, type CallFunction } from './post-function.ts'

/** The function that sends the feed and keeps the list of its destinations. */
export const FORWARDER = 'registry_events_forward'

/** The port's door to webhooks: every method is one call of the forwarder, which alone handles their secrets. */
export function createWebhooks(label: string, callForwarder: CallFunction | undefined): Webhooks {
  const post = askFunction(label, FORWARDER, callForwarder)
  const ask = <Result>(request: ForwarderRequest) => post<Result>(request)
  return {
    add: (webhook) => ask({ action: 'add', ...webhook }),
    list: () => ask({ action: 'list' }),
    test: (id) => ask({ action: 'test', id }),
    rotate: (id) => ask({ action: 'rotate', id }),
    remove: (id) => ask({ action: 'remove', id }),
  }
}
