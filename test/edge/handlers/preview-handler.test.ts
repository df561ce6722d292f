import { describe, expect, test } from 'vitest'
import { createPreviews } from '../../../src/cloud/registry/previews.ts'
import { createPreviewHandler } from '../../../src/edge/handlers/preview-handler.ts'
import type { Rpc } from '../../../src/edge/http/rpc.ts'

/**
 * A database with one preview and its objects, and a storage that removes objects as requested, or ignores the request.
 */
function previewWith(count: number, { removes = true } = {}) {
  let objects = Array.from({ length: count }, (_, at) => `preview-big/agents/a/${at}`)
  const calls: string[] = []
  const rpc: Rpc = async (name) => {
    calls.push(name.replace('registry_preview_', ''))
    if (name === 'registry_preview_close') return { data: { closed: true } }
    if (name === 'registry_preview_objects') return { data: objects }
    return { data: { name: 'big', removed: true } }
  }
  const remove = async (paths: string[]) => {
    calls.push(`remove ${paths.length}`)
    const gone = new Set(removes ? paths : [])
    objects = objects.filter((path) => !gone.has(path))
  }
  const handle = createPreviewHandler({ rpc, remove, originOf: async () => undefined })
  let requests = 0
  const previews = createPreviews('here', (request) => {
    requests += 1
    return handle(request)
  })
  return { previews, calls, requests: () => requests }
}

describe('taking a preview down', () => {
  test('a preview is taken down over as many requests as its bundles need, closed first and dropped last', async () => {
    const { previews, calls, requests } = previewWith(5_500)
    expect(await previews.down('big')).toEqual({ name: 'big', removed: true, objects: 5_500 })
    expect([requests(), calls[0], calls.at(-1)]).toEqual([2, 'close', 'down'])
    expect(calls.filter((call) => call === 'remove 1000')).toHaveLength(5)
    expect(calls.filter((call) => call === 'remove 500')).toHaveLength(1)
    expect(calls.filter((call) => call === 'down')).toHaveLength(1)
  })

  test('a takedown ends when storage reports success without removing anything', async () => {
    const { previews, calls } = previewWith(1, { removes: false })
    await expect(previews.down('big')).rejects.toMatchObject({ code: 'REMOTE_FAILED' })
    expect(calls).not.toContain('down')
  })
})
