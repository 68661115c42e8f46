// What a look went through, and what was wrong there.

export interface Fault {
  look: string;
  state: string;
  /** What was operated, or nothing where it is the page as it was loaded. */
  control: string;
  what: string;
}

/** Faults of the control itself. */
const WITH_CONTROL = /^(Escape|Tab|arrows|nothing shows|a finger|cannot|Enter|Space)/;

export class LookReport {
  readonly look: string;
  readonly pages = new Set<string>();
  states = 0;
  /** Distinct controls, and how often one was operated. */
  readonly controls = new Set<string>();
  operations = 0;
  /** Dialogs and menus that were opened, and closed with Escape. */
  layers = 0;
  loads = 0;
  tabStops = 0;
  /** Links that lead elsewhere. */
  readonly leftAlone = new Set<string>();
  /** What was not there any more when its turn came. */
  readonly gone = new Set<string>();
  readonly faults: Fault[] = [];
  private readonly began = Date.now();
  private took = 0;

  constructor(look: string) {
    this.look = look;
  }

  end(): void {
    this.took = Date.now() - this.began;
  }

  /** The same in the same state is told once, with what was operated first. */
  blame(state: string, control: string, what: string): void {
    const known = this.faults.some((one) => one.state === state && one.what === what);
    if (!known || WITH_CONTROL.test(what))
      this.faults.push({ look: this.look, state, control, what });
  }

  line(): string {
    const counts = [
      `${this.pages.size} pages`,
      `${this.states} states`,
      `${this.controls.size} controls`,
      `${this.operations} times operated`,
      `${this.layers} dialogs and menus`,
      ...(this.tabStops > 0 ? [`${this.tabStops} stops of Tab`] : []),
      `${this.loads} loads`,
      `${Math.round(this.took / 1000)} s`,
    ];
    return `${this.look.padEnd(16)} ${counts.join(", ")}`;
  }
}

/** How many places of a fault are told. */
const PLACES_MAX = 4;

/** What each look went through, and each fault with the places where it shows. */
export function summary(reports: readonly LookReport[]): string {
  const places = new Map<string, Set<string>>();
  for (const { look, state, control, what } of reports.flatMap((report) => report.faults)) {
    const words = control === "" ? what : `${control}: ${what}`;
    places.set(words, (places.get(words) ?? new Set()).add(`${state} (${look})`));
  }
  const faults = [...places].map(([words, all]) => {
    const more = all.size > PLACES_MAX ? ` and ${all.size - PLACES_MAX} more` : "";
    return `  ${words}\n    in ${[...all].slice(0, PLACES_MAX).join(", ")}${more}`;
  });
  const gone = new Set(reports.flatMap((report) => [...report.gone]));
  const outside = new Set(reports.flatMap((report) => [...report.leftAlone]));
  return [
    "",
    ...reports.map((report) => report.line()),
    `not followed, because they lead elsewhere: ${[...outside].join(", ") || "none"}`,
    `gone when their turn came: ${gone.size}`,
    ...[...gone].map((one) => `  ${one}`),
    faults.length === 0 ? "no faults" : `${faults.length} faults:`,
    ...faults,
    "",
  ].join("\n");
}
