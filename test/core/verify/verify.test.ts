import { expect, test } from 'vitest'
import type { StageEvent, StageWatch } from '../../../src/core/progress.ts'
import { verifyBundles } from '../../../src/core/verify/verify.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { registryOf } from '../support/registry.ts'

const COUNT = 2_500
const BUNDLES = Array.from({ length: COUNT }, (_, at) => {
  const [id, digest] = [`a${at}`, String(at).padStart(64, '0')]
  return { id, version: 1, digest, path: `agents/${id}/${digest}.tar.gz`, size: at, sha256: digest }
})

/** A registry whose storage lacks one bundle and has another size of a second one; `asked` has the questions. */
function registryWith() {
  const asked: number[] = []
  const sizes = new Map(BUNDLES.map(({ path, size }) => [path, size]))
  sizes.delete(BUNDLES[1_001]?.path ?? '')
  sizes.set(BUNDLES[2_400]?.path ?? '', 1)
  const registry = registryOf(
    {},
    {
      bundles: async () => BUNDLES,
      readSizes: async (paths, onRead = () => {}) => {
        asked.push(paths.length)
        for (let left = paths.length; left > 0; left -= 1_000) onRead(Math.min(left, 1_000))
        return { sizes, fromList: 3 }
      },
    },
  )
  return { registry, asked }
}

/** A watch that keeps what it is shown; `onEvent` may end the work. */
function watching(onEvent: (stop: () => void) => void = () => {}) {
  const events: StageEvent[] = []
  const controller = new AbortController()
  const emit = (event: StageEvent) => {
    events.push(event)
    onEvent(() => controller.abort(new Error('stopped')))
  }
  return { events, watch: { emit, signal: controller.signal } satisfies StageWatch }
}

test('verify asks storage for all sizes at once, names each difference, and shows how far it is', async () => {
  const { registry, asked } = registryWith()
  const { events, watch } = watching()
  const { checked, fromList, damaged } = await verifyBundles(registry, [agents], { deep: false }, watch)
  expect([checked, fromList]).toEqual([COUNT, 3])
  expect(damaged.map(({ id, problem }) => [id, problem])).toEqual([
    ['a1001', 'missing'],
    ['a2400', 'changed'],
  ])
  expect(asked).toEqual([COUNT])
  expect(events.map(({ state, done, total }) => [state, done, total])).toEqual([
    ['advanced', 1_000, COUNT],
    ['advanced', 2_000, COUNT],
    ['advanced', COUNT, COUNT],
    ['done', COUNT, COUNT],
  ])
})

test('verify stops between two questions when it is interrupted', async () => {
  const { registry } = registryWith()
  const { events, watch } = watching((stop) => stop())
  await expect(verifyBundles(registry, [agents], { deep: false }, watch)).rejects.toThrow('stopped')
  expect(events.map(({ done }) => done)).toEqual([1_000])
})
