import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchTree } from '../../src/dev/watch-tree.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'

/** Watches, and lets a test wait for what it has caused. */
function watching(root: string, targets: string[]) {
  let amount = 0
  let wake: () => void = () => {}
  onTestFinished(
    watchTree(root, targets, () => {
      amount++
      wake()
    }),
  )
  /** Does something, and waits until it was noticed. */
  const notices = async (change: () => void) => {
    const noticed = new Promise<void>((resolve) => {
      wake = resolve
    })
    change()
    await noticed
  }
  return { notices, amount: () => amount }
}

test('a change deep in a folder is noticed once, however many files it is', async () => {
  const root = temporaryFolder()
  mkdirSync(join(root, 'src/a/b'), { recursive: true })
  const { notices, amount } = watching(root, ['src'])
  await notices(() => {
    for (let index = 0; index < 20; index++) writeFileSync(join(root, `src/a/b/${index}.ts`), '')
  })
  expect(amount()).toBe(1)
})

test('what is new is watched too: a folder, and a target that was not there', async () => {
  const root = temporaryFolder()
  const { notices } = watching(root, ['packages/shared'])
  await notices(() => mkdirSync(join(root, 'packages/shared/agents/one'), { recursive: true }))
  await notices(() => writeFileSync(join(root, 'packages/shared/agents/one/agent.json'), '{}'))
  await notices(() => rmSync(join(root, 'packages/shared/agents/one/agent.json')))
})

test('a folder that a build removes and makes again stays watched', async () => {
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

test('what lies beside, and what editors leave for a moment, is not noticed', async () => {
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
