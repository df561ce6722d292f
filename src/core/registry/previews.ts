import type { NewPreview, Preview, RaisedPreview, TakenDown } from '../../contract/protocol/previews.ts'

/** The part of the registry that keeps previews. Throws `Failure`, as the registry does. */
export interface Previews {
  /**
   * Makes a preview, or prolongs the one of the same name and origin.
   * @throws Failure CONFLICT naming the other origin, REFUSED with the rule: NOFX_PREVIEW_QUOTA, _TTL, _NAME
   */
  up(preview: NewPreview): Promise<RaisedPreview>
  list(): Promise<Preview[]>
  /** Takes it down with its bundles, and goes on where a killed call stopped. `removed` is false when there was none. */
  down(name: string, options?: { onlyExpired: boolean }): Promise<Omit<TakenDown, 'more'>>
  /** Names of previews that are expired or half taken down, and of those of which only bundles are left. */
  expired(): Promise<string[]>
}
