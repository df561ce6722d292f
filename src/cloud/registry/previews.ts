import type { PreviewsRequest } from '../../contract/protocol/previews.ts'
import type { Previews } from '../../core/registry/previews.ts'
import { previewList, previewNames, raisedPreview, takenDown } from './function-shapes.ts'
import { askFunction, type CallFunction } from './post-function.ts'

/** The path for previews: below the sync function of a kind that every registry has. */
export const PREVIEWS = 'registry_agents_sync/previews'

/** The port's calls for previews. Their bundles are removed by the function, which has the storage API's key. */
export function createPreviews(label: string, callPreviews: CallFunction | undefined): Previews {
  const post = askFunction(label, PREVIEWS, callPreviews)
  const request = (body: PreviewsRequest) => body
  return {
    up: (preview) => post(request({ action: 'up', ...preview }), raisedPreview),
    list: () => post(request({ action: 'list' }), previewList),
    expired: () => post(request({ action: 'expired' }), previewNames),
    async down(name, options) {
      for (let objects = 0; ; ) {
        const body = request({ action: 'down', name, ...options })
        const { more, ...down } = await post(body, takenDown)
        objects += down.objects
        if (!more) return { ...down, objects }
      }
    },
  }
}
