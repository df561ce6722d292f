import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { create } from 'tar'
import { listFiles } from '../scripts/list-files.mjs'
import { loadSource } from './load-source.mjs'
import { median } from './measure.mjs'

const COUNT = 500

/** Definitions packed per second, compared with the npm package `tar` on the same folders. */
export async function measure({ project }) {
  const root = join(project(COUNT), 'packages/shared/agents')
  const { packArchive } = await loadSource('src/core/tree/archive.ts')
  const folders = readdirSync(root).map((id) => join(root, id))
  const ratios = []
  let seconds = []
  for (let run = 0; run < 8; run++) {
    const ours = await time(() => folders.map((dir) => packArchive(filesOf(dir))))
    const theirs = await time(async () => {
      for (const cwd of folders)
        await drain(create({ cwd, gzip: true, portable: true, mtime: new Date(0) }, ['.']))
    })
    if (run > 0) ratios.push(theirs / ours)
    seconds.push(ours)
  }
  seconds = median(seconds)
  return [
    {
      what: `bundling, ${COUNT} agents`,
      measured: `${median(ratios).toFixed(2)} × the rate of tar`,
      goal: '>= 2.5',
      seconds,
    },
  ]
}

function filesOf(dir) {
  return listFiles(dir).map((path) => ({ path: path.slice(dir.length + 1), bytes: readFileSync(path) }))
}

async function drain(stream) {
  for await (const _ of stream);
}

async function time(work) {
  const started = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - started) / 1e9
}
