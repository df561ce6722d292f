import * as Flags from '@oclif/core/flags'
import { optionalDefinitionArgs, wordsOf } from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { pickScope, type Scope } from '../../cli/definition/scope.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { count } from '../../cli/present/table.ts'
import { presentVerified, revisionName, type VerifiedRegistry } from '../../cli/present/verified.ts'
import { watchStages } from '../../cli/progress.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import type { StageWatch } from '../../core/progress.ts'
import { buildCover } from '../../core/publish/cover.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { seenByGit } from '../../core/tree/disk-view.ts'
import { type DamagedBundle, verifyBundles } from '../../core/verify/verify.ts'
import { verifyRows } from '../../core/verify/verify-rows.ts'

export default class Verify extends TreeCommand {
  static override summary = 'Check that every bundle is in storage, and that no row was edited.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> agents/reviewer',
    '<%= config.bin %> <%= command.id %> agents --deep --repair',
  ]
  static override args = optionalDefinitionArgs
  static override flags = {
    env,
    deep: Flags.boolean({ description: 'download every bundle and compare its hash, not only its size' }),
    repair: Flags.boolean({
      description: 'make damaged bundles again from the working tree or from their commit; implies --deep',
    }),
  }

  async run(): Promise<Answer<'registry verify'>> {
    const { args, flags } = await this.parse(Verify)
    const kinds = await this.kinds()
    const scope = pickScope(kinds, wordsOf(args), 'registry verify')
    const registry = await this.registry(kinds)
    await requireNamed(registry, kinds, scope)
    const repairFrom = flags.repair ? { tree: await seenByGit(this.tree(kinds)) } : undefined
    const options = { deep: flags.deep, repairFrom, covers: buildCover(scope) }
    const verified = await this.verifyAll(registry, scope.kinds, options)
    const answer = this.answer(buildDocument(verified), presentVerified(verified, this.screen))
    const failure = buildFailure(verified, flags.repair, repairCommand(wordsOf(args), flags.deep))
    if (failure) throw failure
    return answer
  }

  private async verifyAll(
    registry: Registry,
    kinds: readonly Kind[],
    options: Parameters<typeof verifyBundles>[2],
  ): Promise<VerifiedRegistry> {
    const watch = await watchStages(['rows', 'bundles'], this.interrupt.signal, !this.jsonEnabled())
    return verifyRegistry(registry, kinds, options, watch).finally(watch.stop)
  }
}

/** @throws Failure NOT_FOUND for a definition that the registry does not have: nothing would be verified */
async function requireNamed(registry: Registry, kinds: Kind[], { only = [] }: Scope): Promise<void> {
  for (const name of only) {
    const [kind = '', id = ''] = name.split('/')
    if (id !== '') await requireHead(registry, kind, id, kinds)
  }
}

async function verifyRegistry(
  registry: Registry,
  kinds: readonly Kind[],
  options: Parameters<typeof verifyBundles>[2],
  watch: StageWatch,
): Promise<VerifiedRegistry> {
  const rows = await verifyRows(registry, kinds, watch, options.covers)
  try {
    return { rows, ...(await verifyBundles(registry, kinds, options, watch)) }
  } catch (error) {
    // An edited row may have lost the path of its bundle; then the row has to be reported instead of the failure.
    if (rows.edited.length === 0 || !(error instanceof Failure)) throw error
    const compared = options.deep ? 'hash' : 'size'
    return { rows, checked: 0, compared, fromList: 0, damaged: [], stopped: error.message }
  }
}

/** The result as `--json` has it. */
function buildDocument({ fromList, ...verified }: VerifiedRegistry): Answer<'registry verify'> {
  return { ...verified, listed: fromList }
}

/** The same check with a repair. `--repair` implies `--deep`, but a person who gave it should see it again. */
function repairCommand(words: readonly string[], deep: boolean): string {
  return ['nofx registry verify', ...words, deep && '--deep', '--repair'].filter(Boolean).join(' ')
}

function buildFailure(verified: VerifiedRegistry, repaired: boolean, repair: string): Failure | undefined {
  const unrepaired = verified.damaged.filter((bundle) => !bundle.repaired)
  const { edited } = verified.rows
  const [first] = edited
  if (unrepaired.length > 0) {
    const hint = repaired ? hintFor(unrepaired) : `run: ${repair}`
    return new Failure('REFUSED', `${count(unrepaired.length, 'bundle is', 'bundles are')} damaged`, hint)
  }
  if (!first) return undefined
  const what = `${count(edited.length, 'field of a row was', 'fields of rows were')} edited by hand`
  const hint = 'bring these rows back from a backup of the database: docs/operations.md'
  return new Failure('REFUSED', `${what}, the first is "${first.field}" of ${revisionName(first)}`, hint)
}

function hintFor(unrepaired: readonly DamagedBundle[]): string {
  return unrepaired.every((bundle) => bundle.packedOtherwise)
    ? 'this Node.js packs them into other bytes: repair where they are published, such as in CI'
    : 'fetch the commits they were published from, and repair again'
}
