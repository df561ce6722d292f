import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchTree } from '../../../src/dev/watch/watch-tree.ts'
import { temporaryFolder } from '../../cloud/support/temporary-folder.ts'

/** Watches, and lets a test wait for reported changes. */
function watching(root: string, targets: string[]) {
  let amount = 0
  let wake: () => void = () => {}
  onTestFinished(
    watchTree(root, targets, () => {
      amount++
      wake()
    }),
  )
  /** Makes a change, and waits until it is reported. */
  const notices = async (change: () => void) => {
    const noticed = new Promise<void>((resolve) => {
      wake = resolve
    })
    change()
    await noticed
  }
  return { notices, amount: () => amount }
}

test('a change deep in a folder is reported once, however many files have changed', async () => {
  const root = temporaryFolder()
  mkdirSync(join(root, 'src/a/b'), { recursive: true })
  const { notices, amount } = watching(root, ['src'])
  await notices(() => {
    for (let index = 0; index < 20; index++) writeFileSync(join(root, `src/a/b/${index}.ts`), '')
  })
  expect(amount()).toBe(1)
})

test('new folders and targets that did not exist are watched too', async () => {
  const root = temporaryFolder()
  const { notices } = watching(root, ['packages/shared'])
  await notices(() => mkdirSync(join(root, 'packages/shared/agents/one'), { recursive: true }))
  await notices(() => writeFileSync(join(root, 'packages/shared/agents/one/agent.json'), '{}'))
  await notices(() => rmSync(join(root, 'packages/shared/agents/one/agent.json')))
})

test('a folder that a build removes and creates again stays watched', async () => {
  const root = temporaryFolder()
  mkdirSync(join(root, 'dist'))
  const { notices } = watching(root, ['dist'])
  for (let round = 0; round < 3; round++) {
    await notices(() => {
      rmSync(join(root, 'dist'), { recursive: true })
      mkdirSync(join(root, 'dist'))
    })
    await notices(() => writeFileSync(join(root, 'dist/nofx.cjs'), String(round)))
  }
})

test('changes beside the targets, and temporary files of editors, are not reported', async () => {
  const root = temporaryFolder()
  mkdirSync(join(root, 'src/node_modules'), { recursive: true })
  mkdirSync(join(root, '.nofx'))
  const { notices, amount } = watching(root, ['src'])
  for (const path of [
    '.nofx/lock',
    'README.md',
    'src/.a.ts.swp',
    'src/a.ts~',
    'src/node_modules/x',
    'src/deno.lock',
  ])
    writeFileSync(join(root, path), '')
  await notices(() => writeFileSync(join(root, 'src/a.ts'), ''))
  expect(amount()).toBe(1)
})
