import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files and rooms by how long they take, the longest first: a long file that starts last has all cores to wait for it. */
const RANKS = [
  'test/integration/kill',
  'test/vercel/',
  'test/integration/fire',
  'test/integration/bad-days',
  'test/core/git/one-digest',
  'test/cli/on-call',
  'test/cloud/lost-answers',
  'test/integration/lost-connection',
  'test/integration/agent-registry',
  'test/cli/dry-runs',
  'test/cloud/embedded/open-cloud',
  'test/cli/lying-registry',
  'test/cli/manners',
  'test/docs/commands',
  'test/sql/next-migration',
  'test/cli/worker-run',
  'test/github/registry',
  'test/cloud/hosted/hosted-registry',
  'test/package/package',
  'test/worker/runtimes',
  'test/docs/examples',
  'test/worker/preview',
  'test/worker/connect-registry',
  'test/integration/',
  'test/console/',
  'test/cli/',
  'test/cloud/',
  'test/sql/',
  'test/',
]

/**
 * Rooms whose files get a process each: they set variables for the code of others, measure times, or load so much that a
 * process is better ended. All other files share processes: loading the modules again takes longer than most tests.
 */
const WHOLE = ['budget', 'integration', 'package', 'vercel'].map((room) => `test/${room}/*.test.ts`)
const NEVER = ['test/fixtures/**', '**/node_modules/**']

/** The embedded cloud as it is built: the package itself loads extensions that cost as much again at every opening. */
const built = (name: string) => new URL(`dist/lite/${name}.mjs`, import.meta.url).pathname

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      RANKS.findIndex((start) => moduleId.includes(`/${start}`))
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'inside',
          include: ['test/**/*.test.ts'],
          exclude: [...NEVER, ...WHOLE],
          isolate: false,
          setupFiles: ['test/harness/leave-as-found.ts'],
        },
      },
      { extends: true, test: { name: 'whole', include: WHOLE, exclude: NEVER } },
    ],
    globalSetup: ['test/harness/postgres-setup.ts'],
    sequence: { sequencer: LongestFirst },
    // Most tests wait for processes and databases of their own: more workers than cores keep the cores busy.
    maxWorkers: 3,
    alias: [
      { find: /^@supabase\/lite$/, replacement: built('index') },
      { find: /^@supabase\/lite\/(pglite|postgres)$/, replacement: built('$1') },
      { find: /^kysely$/, replacement: built('kysely') },
    ],
    server: { deps: { external: [/\/dist\/lite\//] } },
    // As src/cloud/embedded/database/load-lite.ts does, for the databases that tests open by themselves.
    execArgv: ['--wasm-tiering-budget=180000000'],
    testTimeout: 180_000,
    // vitest gives a condition one second, which a busy machine can take for a single answer.
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 180_000,
    disableConsoleIntercept: true,
  },
})
