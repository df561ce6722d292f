import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { IDENTITY } from './commit-all.mjs'
import { generate } from './generate.mjs'
import { loadSource } from './load-source.mjs'
import { runOnce } from './measure.mjs'

const COUNT = Number(process.env.NOFX_BENCH_DEFINITIONS ?? 100_000)
const FILES = ['agent.json', 'mcp.json', 'prompts/system.md', 'prompts/task.md']

/**
 * Each command once, on a tree with very many definitions: its peak memory and the size of its output. It takes a quarter
 * of an hour on a quiet machine, and 6 GB of disk. `NOFX_BENCH_DEFINITIONS` sets another number, to see what grows with it.
 * Each row is printed to stderr as soon as it is there, and a command that fails is a row as well.
 */
export async function measure({ bin, work }) {
  const { createDatabase } = await loadSource('test/harness/postgres.ts')
  const cwd = join(work, `large-${COUNT}`)
  await makeProject(cwd)
  const database = await createDatabase({ migrated: false })
  const env = { NOFX_DATABASE_URL: database.url, NOFX_ACTOR: 'bench' }
  const rows = []
  const run = (what, words, before) => {
    const row = { what: `${what}, ${COUNT} agents`, goal: '<= 512 MB' }
    try {
      const args = [bin, ...words.split(' ')]
      const { bytes, ...measured } = runOnce({ args, cwd, env, before: () => before?.(cwd) })
      Object.assign(row, { measured: `${bytes} bytes of output`, ...measured })
    } catch (error) {
      row.measured = `not measured: ${error.message.split('\n').slice(0, 2).join(' ').slice(0, 200)}`
    }
    console.error(
      [row.what, row.measured, row.seconds?.toFixed(1) ?? '', row.megabytes?.toFixed(0) ?? ''].join('; '),
    )
    rows.push(row)
  }
  try {
    run('validate', 'validate')
    run('first publish', 'registry publish')
    run('publish, 0 changed', 'registry publish')
    run('publish, 1 changed', 'registry publish', edit)
    run('the same from a fresh clone', 'registry publish', (there) => {
      edit(there)
      forget(there)
    })
    run('list', 'registry list')
    run('list from a fresh clone', 'registry list', forget)
    run('list as JSON', 'registry list --json')
    run('new preview, 1 changed', 'preview up pr-1', edit)
    run('the same preview again, from a fresh clone', 'preview up pr-1', (there) => {
      edit(there)
      forget(there)
    })
    run('dry run, 1 not committed', 'registry publish --dry-run --allow-dirty', editOne)
    run('new preview, 1 not committed', 'preview up pr-2')
    run('dry run, all changed', 'registry publish --dry-run', editAll)
    return rows
  } finally {
    await database.drop()
    rmSync(cwd, { recursive: true, force: true })
  }
}

/**
 * A repository with one commit. The objects are imported, because `git add` of 400,000 files takes many times as long; so
 * does an import of folders with 100,000 entries, so the commit is made of the index.
 */
async function makeProject(cwd) {
  generate(join(cwd, 'packages/shared'), COUNT)
  writeFileSync(join(cwd, 'package.json'), '{"nofx":{}}\n')
  writeFileSync(join(cwd, '.gitignore'), '.nofx/\n')
  git(cwd, 'init', '-q')
  const plain = ['-c', 'core.compression=0', '-c', 'pack.compression=0']
  const objects = startGit(cwd, [...plain, 'fast-import', '--quiet', '--depth=0'])
  const index = startGit(cwd, ['update-index', '--index-info'])
  for (const path of pathsOf(cwd)) {
    const bytes = readFileSync(join(cwd, path))
    await objects.write(
      Buffer.concat([Buffer.from(`blob\ndata ${bytes.length}\n`), bytes, Buffer.from('\n')]),
    )
    const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
    await index.write(`100644 ${oid}\t${path}\n`)
  }
  await objects.end()
  await index.end()
  git(cwd, 'commit', '-qm', 'first')
  git(cwd, 'update-index', '-q', '--refresh')
}

function git(cwd, ...words) {
  return execFileSync('git', [...IDENTITY, ...words], { cwd, stdio: 'pipe' })
}

/** A git that reads its standard input. */
function startGit(cwd, words) {
  const child = spawn('git', words, { cwd, stdio: ['pipe', 'ignore', 'inherit'] })
  const ended = once(child, 'exit')
  return {
    async write(bytes) {
      if (!child.stdin.write(bytes)) await once(child.stdin, 'drain')
    },
    async end() {
      child.stdin.end()
      await ended
    },
  }
}

/** In the order of the index, which is then appended to. */
function* pathsOf(cwd) {
  yield '.gitignore'
  yield 'package.json'
  const agents = 'packages/shared/agents'
  for (const id of readdirSync(join(cwd, agents)).sort())
    for (const file of FILES) yield `${agents}/${id}/${file}`
}

function editOne(cwd) {
  appendFileSync(join(cwd, 'packages/shared/agents/bench-agent-00042/prompts/system.md'), 'One more word.\n')
}

function edit(cwd) {
  editOne(cwd)
  git(cwd, 'commit', '-qam', 'change')
}

/** Its output has to be bounded, and git must not be asked once for each file. */
function editAll(cwd) {
  const agents = join(cwd, 'packages/shared/agents')
  for (const id of readdirSync(agents))
    appendFileSync(join(agents, id, 'prompts/task.md'), 'One more word.\n')
  git(cwd, 'commit', '-qam', 'change')
}

/** A clone in CI has nothing that earlier commands kept. */
function forget(cwd) {
  rmSync(join(cwd, '.git/nofx'), { recursive: true, force: true })
}
