import { hotkeyGroups } from "@/app/hotkeys";
import { Dialog } from "@/components/dialog";
import { Keys } from "@/components/keys";
import { useStore } from "@/model/store";

/** The keys of what is shown now. */
export default function Help({ onClose }: { onClose: () => void }) {
  const groups = new Map<string, Map<string, string>>();
  for (const group of useStore(hotkeyGroups)) {
    const keys = groups.get(group.title) ?? new Map<string, string>();
    for (const hotkey of group.hotkeys) if (hotkey.off !== true) keys.set(hotkey.keys, hotkey.does);
    groups.set(group.title, keys);
  }
  return (
    <Dialog open onClose={onClose} title="Keys" className="max-w-2xl">
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {[...groups].reverse().map(([title, keys]) => (
          <section key={title}>
            <h3 className="mb-1.5 text-xs font-medium text-ink-3">{title}</h3>
            <dl>
              {[...keys].map(([key, does]) => (
                <div
                  key={key}
                  className="flex items-center justify-between gap-4 border-b border-line py-1.5 text-sm last:border-0"
                >
                  <dt>{does}</dt>
                  <dd>
                    <span className="sr-only">{key}</span>
                    <Keys keys={key} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
