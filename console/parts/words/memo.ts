import { Component, type ComponentType, h } from 'preact'

/** A component that is drawn again only when one of its properties changed. */
export function memo<Properties extends object>(Inner: ComponentType<Properties>): ComponentType<Properties> {
  return class extends Component<Properties> {
    override shouldComponentUpdate(next: Readonly<Properties>): boolean {
      const names = new Set([...Object.keys(this.props), ...Object.keys(next)]) as Set<keyof Properties>
      return [...names].some((name) => this.props[name] !== next[name])
    }

    override render() {
      return h(Inner, this.props as Properties)
    }
  }
}
