/** Where the line of time begins and ends; the same in all rows of the timeline. */
export const LANE = "absolute inset-y-0 right-3 left-32 sm:left-44 xl:left-56";
