// Runs MOA's drift detectors over streams that another program sends, one after another.
//
//   in:   DETECTOR OPTION=VALUE,... COUNT         (a line; "-" for no options)
//         COUNT big-endian doubles
//   out:  D index ... W index ... E ns            (a line: drifts, warnings, CPU time of the updates)
//
// An option is the name of a field of the detector without "Option": lambda=0.2 sets lambdaOption.

import com.github.javacliparser.FloatOption;
import com.github.javacliparser.IntOption;
import com.github.javacliparser.MultiChoiceOption;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import moa.classifiers.core.driftdetection.AbstractChangeDetector;

public final class MoaDriver {
  public static void main(String[] arguments) throws Exception {
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
    PrintStream out = new PrintStream(System.out, false, "US-ASCII");
    for (String line = readLine(in); line != null; line = readLine(in)) {
      String[] words = line.split(" ");
      double[] values = new double[Integer.parseInt(words[2])];
      for (int i = 0; i < values.length; ++i) values[i] = in.readDouble();
      out.println(reports(detector(words[0], words[1]), values));
      out.flush();
    }
  }

  private static String readLine(DataInputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) return null;
      text.append((char) c);
    }
    return text.toString();
  }

  private static AbstractChangeDetector detector(String name, String options) throws Exception {
    Class<?> kind = Class.forName("moa.classifiers.core.driftdetection." + name);
    AbstractChangeDetector detector = (AbstractChangeDetector) kind.getConstructor().newInstance();
    if (!options.equals("-")) {
      for (String option : options.split(",")) {
        String[] parts = option.split("=");
        Object field = kind.getField(parts[0] + "Option").get(detector);
        if (field instanceof FloatOption) {
          ((FloatOption) field).setValue(Double.parseDouble(parts[1]));
        } else if (field instanceof IntOption) {
          ((IntOption) field).setValue(Integer.parseInt(parts[1]));
        } else {
          ((MultiChoiceOption) field).setChosenIndex(Integer.parseInt(parts[1]));
        }
      }
    }
    // A detector takes its options when it is reset; some only if they have state already.
    try {
      detector.resetLearning();
    } catch (NullPointerException noStateYet) {
      // It is made at the first value.
    }
    return detector;
  }

  private static String reports(AbstractChangeDetector detector, double[] values) {
    StringBuilder drifts = new StringBuilder("D");
    StringBuilder warnings = new StringBuilder(" W");
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    long begun = clock.getCurrentThreadCpuTime();
    for (int i = 0; i < values.length; ++i) {
      detector.input(values[i]);
      if (detector.getChange()) {
        drifts.append(' ').append(i);
      } else if (detector.getWarningZone()) {
        warnings.append(' ').append(i);
      }
    }
    return drifts.append(warnings).append(" E ").append(clock.getCurrentThreadCpuTime() - begun).toString();
  }
}
