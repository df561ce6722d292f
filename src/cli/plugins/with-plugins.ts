import { Config, Plugin } from '@oclif/core/config'
import type { PJSON as PackageJson } from '@oclif/core/interfaces'
import { Failure } from '../../contract/failure.ts'

/**
 * oclif's configuration with the plugins of a project. Each plugin is found as Node.js finds a package from the
 * project's folder: among its dependencies, its development dependencies, or those of a workspace above it. (oclif's
 * own `pluginAdditions` looks at `dependencies` alone.) A plugin that is not found is left out; `loadKinds` reports it.
 * @throws Failure CONFIG when a plugin's package cannot be read
 */
export async function withPlugins(
  options: { root: string; pjson: PackageJson },
  { root, plugins }: { root: string; plugins: readonly string[] },
): Promise<Config> {
  const config = await Config.load(options)
  for (const name of plugins) {
    const plugin = new Plugin({ name, root, type: 'core' })
    try {
      await plugin.load()
    } catch (cause) {
      const { message } = cause as Error
      if (message.startsWith('could not find package.json')) continue
      throw new Failure(
        'CONFIG',
        `the plugin ${name} cannot be loaded: ${message.split('\n')[0]}`,
        `fix the plugin's package.json, or remove the plugin from "nofx.plugins" in package.json`,
        { cause },
      )
    }
    config.plugins.set(name, plugin)
  }
  return config
}
