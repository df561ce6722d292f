import type { NewPreview, Preview, RaisedPreview, TakenDown } from '../../contract/protocol/previews.ts'

/** The part of the registry that manages previews. Like the registry, it throws only `Failure`. */
export interface Previews {
  /**
   * Creates a preview, or prolongs the preview of the same name and origin.
   * @throws Failure CONFLICT naming the other origin, REFUSED with the rule: NOFX_PREVIEW_QUOTA, _TTL, _NAME
   */
  up(preview: NewPreview): Promise<RaisedPreview>
  list(): Promise<Preview[]>
  /**
   * Removes the preview with its bundles, and continues where a killed call stopped. `removed` is false if it did not
   * exist.
   */
  down(name: string, options?: { onlyExpired: boolean }): Promise<Omit<TakenDown, 'more'>>
  /** Names of previews that are expired or partly removed, including those of which only bundles remain. */
  expired(): Promise<string[]>
}
