import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Skeleton } from './skeleton.tsx'

/** A part of the console that is loaded when it is first shown. */
export type Loading = () => Promise<{ default: ComponentType }>

/** Shows a part as soon as it is loaded. */
export function Later({ load, isQuiet = false }: { load: Loading; isQuiet?: boolean }) {
  const [Content, setContent] = useState<ComponentType>()
  useEffect(() => {
    load().then(({ default: part }) => setContent(() => part))
  }, [load])
  return Content ? <Content /> : isQuiet ? null : <Skeleton />
}
