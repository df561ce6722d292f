import type { PreviewsRequest, TakenDown } from '../core/contract/previews.ts'
import type { Previews } from '../core/previews.ts'
import { askFunction, type CallFunction } from './post-function.ts'

/** Where previews are made and taken down: beside the sync of a kind that every registry has. */
export const PREVIEWS = 'registry_agents_sync/previews'

/** The port's door to previews. Their bundles are removed where the storage API is, by its own key. */
export function createPreviews(label: string, callPreviews: CallFunction | undefined): Previews {
  const post = askFunction(label, PREVIEWS, callPreviews)
  const ask = <Result>(request: PreviewsRequest) => post<Result>(request)
  return {
    up: (preview) => ask({ action: 'up', ...preview }),
    list: () => ask({ action: 'list' }),
    expired: () => ask({ action: 'expired' }),
    async down(name, options) {
      for (let objects = 0; ; ) {
        const { more, ...down } = await ask<TakenDown>({ action: 'down', name, ...options })
        objects += down.objects
        if (!more) return { ...down, objects }
      }
    },
  }
}
