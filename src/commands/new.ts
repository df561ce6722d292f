import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type { Answer } from '../cli/json/commands.ts'
import { pickKind } from '../cli/kinds.ts'
import { TreeCommand } from '../cli/tree-command.ts'
import { Failure } from '../contract/failure.ts'
import { definitionId } from '../contract/fields/id.ts'
import type { Kind } from '../contract/kind.ts'
import { quoteWord } from '../contract/text/quote-word.ts'
import { shownPath } from '../core/disk/shown-path.ts'
import { chooseOwner } from '../core/owner.ts'
import { scaffold } from '../core/scaffold.ts'
import { locateFolder, parseFolder, type WorkingTree } from '../core/tree/tree.ts'
import type { ServerDefinition } from '../plugins/servers/manifest/schema.ts'

export default class New extends TreeCommand {
  static override summary = 'Create the folder of a new definition, valid from the start.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agent reviewer',
    '<%= config.bin %> <%= command.id %> agent reviewer --owner @acme/tools',
  ]
  static override args = {
    kind: Args.string({ description: 'what to make, such as agent', required: true }),
    id: Args.string({
      description: 'its id: lower-case words joined by hyphens; of a server also its name',
      required: true,
    }),
  }
  static override flags = {
    owner: Flags.string({
      description: "email, @user or team; git's user.email, else the system's user, when not given",
    }),
    server: Flags.string({
      description: 'an MCP server of this tree that the agent uses, by its name; repeatable',
      multiple: true,
    }),
  }

  async run(): Promise<Answer<'new'>> {
    const { args, flags } = await this.parse(New)
    const kinds = await this.kinds()
    const owner = await chooseOwner(flags.owner, this.project.root)
    const kind = pickKind(kinds, args.kind)
    const tree = this.tree(kinds)
    const complete = await this.completeWith(flags.server ?? [], kind, tree)
    const definition = await scaffold({ root: tree.root, kind, id: args.id, owner, complete })
    const dir = shownPath(definition.dir)
    const files = definition.files.map((file) => `  ${dir}/${file}`)
    const lines = [`Made ${dir}`, ...files, `Next: nofx validate ${quoteWord(dir)}`]
    return this.answer({ kind: kind.id, ...definition }, lines.join('\n'))
  }

  /**
   * What the servers add to the files of an agent.
   * @throws Failure USAGE for a kind without servers, and a server that is not in the tree or has nothing to start
   */
  private async completeWith(names: readonly string[], kind: Kind, tree: WorkingTree) {
    if (names.length === 0) return undefined
    if (kind.id !== 'agents')
      throw new Failure('USAGE', `a ${kind.singular} uses no MCP servers`, 'leave out --server')
    const { makeServerEntry, withServers } = await import('../plugins/agents/server-entry.ts')
    const entries = names.map((name) => {
      const definition = findServer(tree, name)
      const entry = makeServerEntry(definition.manifest)
      if (entry) return entry
      const message = `${name} has no package that a worker can start, and no remote`
      throw new Failure('USAGE', message, 'write the entry in mcp.json by hand')
    })
    return (files: Record<string, string>) => withServers(files, entries)
  }
}

/** A valid server of the tree, by its name or its id. */
function findServer(tree: WorkingTree, name: string): ServerDefinition {
  const kind = pickKind(tree.kinds, 'servers')
  const id = kind.idOf?.({ [kind.idField]: name }) ?? name
  const definition = definitionId.safeParse(id).success
    ? parseFolder(locateFolder(tree, kind, id))
    : undefined
  if (definition) return definition as ServerDefinition
  const hint = `make it: nofx new server ${name.includes('/') ? name : 'io.github.<owner>/<name>'}`
  throw new Failure('USAGE', `the server "${name.slice(0, 80)}" is not in this tree, or not valid`, hint)
}
