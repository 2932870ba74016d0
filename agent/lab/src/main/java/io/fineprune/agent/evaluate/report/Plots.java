package io.fineprune.agent.evaluate.report;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws accuracy, from 0 to 1, without a display. */
final class Plots {
    private static final int WIDTH = 1000;
    private static final int LEAST_HEIGHT = 560;
    private static final int LEGEND_LINE = 30;

    static {
        System.setProperty("java.awt.headless", "true");
    }

    private Plots() {}

    /** Bars: by series, one per category. */
    static void bars(Path file, String title, List<String> categories, Map<String, List<Double>> series) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(height(series.size()))
                .title(title)
                .xAxisTitle("user")
                .yAxisTitle("accuracy on held-out events")
                .build();
        style(chart.getStyler(), series.size());
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
        chart.getStyler().setAvailableSpaceFill(0.85);
        series.forEach((name, values) -> chart.addSeries(name, categories, values));
        save(chart, file);
    }

    /** Lines: by series, y by x. */
    static void lines(Path file, String title, String xTitle, Map<String, Map<Double, Double>> series) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(height(series.size()))
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle("mean accuracy on held-out events")
                .build();
        style(chart.getStyler(), series.size());
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
        chart.getStyler().setMarkerSize(6);
        series.forEach((name, curve) -> {
            if (!curve.isEmpty()) {
                chart.addSeries(name, new ArrayList<>(curve.keySet()), new ArrayList<>(curve.values()));
            }
        });
        save(chart, file);
    }

    private static int height(int series) {
        return Math.max(LEAST_HEIGHT, LEGEND_LINE * (series + 2));
    }

    private static void style(Styler styler, int series) {
        styler.setLegendPosition(LegendPosition.OutsideE);
        styler.setChartBackgroundColor(Color.WHITE);
        Color[] colors = new Color[Math.max(1, series)];
        for (int i = 0; i < colors.length; i++) {
            float hue = (float) (i * 0.618034 % 1);
            colors[i] = Color.getHSBColor(hue, i % 2 == 0 ? 0.85f : 0.55f, i % 3 == 0 ? 0.65f : 0.9f);
        }
        styler.setSeriesColors(colors);
    }

    private static void save(Chart<?, ?> chart, Path file) {
        try {
            BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
            VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }
}
