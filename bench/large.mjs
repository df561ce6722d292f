import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commitAll } from './commit-all.mjs'
import { generate } from './generate.mjs'
import { loadSource } from './load-source.mjs'
import { runOnce } from './measure.mjs'

const COUNT = Number(process.env.NOFX_BENCH_DEFINITIONS ?? 100_000)
const FILES = ['agent.json', 'mcp.json', 'prompts/system.md', 'prompts/task.md']

/**
 * Each command once, on a tree with very many definitions: what is measured is its peak memory. It takes half an hour, and
 * 5 GB of disk.
 */
export async function measure({ bin, work }) {
  const { createDatabase } = await loadSource('test/harness/postgres.ts')
  const cwd = join(work, `large-${COUNT}`)
  await makeProject(cwd)
  const database = await createDatabase({ migrated: false })
  const env = { NOFX_DATABASE_URL: database.url, NOFX_ACTOR: 'bench' }
  const run = (what, ...args) => {
    const { before, words = args } = args[0]?.words ? args[0] : {}
    const measured = runOnce({ args: [bin, ...words], cwd, env, before })
    return { what: `${what}, ${COUNT} agents`, measured: '', goal: '512 MB', ...measured }
  }
  try {
    return [
      run('validate', 'validate'),
      run('first publish', 'registry', 'publish'),
      run('publish, 1 changed', { words: ['registry', 'publish'], before: () => edit(cwd) }),
      run('list', 'registry', 'list'),
      run('list, nothing kept', { words: ['registry', 'list'], before: () => forget(cwd) }),
      run('list as JSON', 'registry', 'list', '--json'),
      run('preview up, 1 changed', { words: ['preview', 'up', 'pr-1'], before: () => edit(cwd) }),
    ]
  } finally {
    await database.drop()
    rmSync(cwd, { recursive: true, force: true })
  }
}

/** A repository with one commit. `git add` of 400,000 files takes many times as long as an import. */
async function makeProject(cwd) {
  generate(join(cwd, 'packages/shared'), COUNT)
  writeFileSync(join(cwd, 'package.json'), '{"nofx":{}}\n')
  writeFileSync(join(cwd, '.gitignore'), '.nofx/\n')
  const git = (...words) => execFileSync('git', words, { cwd, stdio: 'pipe' })
  git('init', '-q')
  const options = ['-c', 'core.compression=0', '-c', 'pack.compression=0']
  const child = spawn('git', [...options, 'fast-import', '--quiet', '--depth=0'], {
    cwd,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const write = async (bytes) => {
    if (!child.stdin.write(bytes)) await once(child.stdin, 'drain')
  }
  await write('commit refs/heads/main\ncommitter Bench <bench@example.com> 1700000000 +0000\ndata 5\nfirst\n')
  for (const path of pathsOf(cwd)) {
    const bytes = readFileSync(join(cwd, path))
    await write(
      Buffer.concat([
        Buffer.from(`M 100644 inline ${path}\ndata ${bytes.length}\n`),
        bytes,
        Buffer.from('\n'),
      ]),
    )
  }
  child.stdin.end()
  await ended
  git('symbolic-ref', 'HEAD', 'refs/heads/main')
  git('read-tree', 'HEAD')
  git('update-index', '-q', '--refresh')
}

function* pathsOf(cwd) {
  yield* ['package.json', '.gitignore']
  const agents = 'packages/shared/agents'
  for (const id of readdirSync(join(cwd, agents))) for (const file of FILES) yield `${agents}/${id}/${file}`
}

function edit(cwd) {
  appendFileSync(join(cwd, 'packages/shared/agents/bench-agent-00042/prompts/system.md'), 'One more word.\n')
  commitAll(cwd)
}

/** A clone in CI has nothing that earlier commands kept. */
function forget(cwd) {
  rmSync(join(cwd, '.git/nofx'), { recursive: true, force: true })
}
